"""Updates on a terminal: what is asked, and what an answer leads to."""

from pathlib import Path

from conftest import Open, commit, git
from terminal import BACK, CTRL_C, DOWN, ENTER

from .updating import answers, started


def begun(open_terminal: Open, tmp_path: Path, folder: Path) -> Path:
    """A project of the small template, which asks something new in its next version."""
    open_terminal("--version").end()
    template = tmp_path / "asking"
    given = {"project_name": "demo", "framework": "fastapi"}
    project = started(template, "v1.0.0", given, folder / "demo")
    questions = template / "copier.yml"
    asked = 'region: {type: str, help: "Where?", choices: [north, south]}\n'
    questions.write_text(f"{questions.read_text()}{asked}")
    commit(template, "Release", "v2.0.0")
    return project


def test_what_is_left_open_is_asked_and_then_whether_to_write(
    open_terminal: Open, tmp_path: Path
) -> None:
    project = begun(open_terminal, tmp_path, tmp_path / "work")
    terminal = open_terminal("update", "-C", "demo")
    terminal.answer("[1/1] Where?", DOWN, ENTER)
    terminal.see("region: south")
    terminal.answer("Write this?", ENTER)
    terminal.see("To undo all of it:")
    assert terminal.end() == 0
    assert answers(project)["region"] == "south"


def test_nothing_is_written_unless_it_is_taken(open_terminal: Open, tmp_path: Path) -> None:
    project = begun(open_terminal, tmp_path, tmp_path / "work")
    for keys, status in (((DOWN, ENTER), 0), ((BACK,), 0), ((CTRL_C,), 130)):
        terminal = open_terminal("set", "-C", "demo", "database=postgresql")
        terminal.answer("Write this?", *keys)
        assert terminal.end() == status
        assert git(project, "status", "--porcelain") == ""
    assert [entry.name for entry in project.parent.iterdir()] == ["demo"]
