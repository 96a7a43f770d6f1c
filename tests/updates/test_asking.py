"""Updates on a terminal: what is asked, and what an answer leads to."""

from pathlib import Path

import pytest
from conftest import Open, commit, git
from terminal import BACK, CTRL_C, DOWN, ENTER

from .updating import answers, started

NEWS = """\
## 2.0.0

- Places have a region, and what was said of them before it goes on in the one that is chosen, which is asked
  for once. Owners see no more of it.
- Short.
"""


def begun(open_terminal: Open, tmp_path: Path, folder: Path) -> Path:
    """A project of the small template, which asks something new in its next version."""
    open_terminal("--version").end()
    template = tmp_path / "asking"
    given = {"project_name": "demo", "framework": "fastapi"}
    project = started(template, "v1.0.0", given, folder / "demo")
    questions = template / "copier.yml"
    asked = 'region: {type: str, help: "Where?", choices: [north, south]}\n'
    questions.write_text(f"{questions.read_text()}{asked}")
    (template / "CHANGELOG.md").write_text(NEWS)
    commit(template, "Release", "v2.0.0")
    return project


@pytest.mark.slow
def test_what_is_left_open_is_asked_and_then_whether_to_write(
    open_terminal: Open, tmp_path: Path
) -> None:
    project = begun(open_terminal, tmp_path, tmp_path / "work")
    terminal = open_terminal("update", "-C", "demo", size=(24, 80))
    terminal.answer("[1/1] Where?", DOWN, ENTER)
    shown = terminal.see("region: south").splitlines()
    start = next(n for n, line in enumerate(shown) if line.startswith("- Places"))
    assert shown[start : start + 4] == [
        "- Places have a region, and what was said of them before it goes on in the one",
        "  that is chosen, which is asked for once. Owners see no more of it.",
        "- Short.",
        "",
    ]
    terminal.answer("Write this?", ENTER)
    assert "Shift-Tab" not in terminal.see("To undo all of it:")
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
