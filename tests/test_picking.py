"""The options at the prompts: defaults, the way back, Ctrl-C anywhere, and the review."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Open, Runner, script
from prompt_toolkit.formatted_text import fragment_list_to_text
from questionary.prompts.common import InquirerControl
from terminal import BACK, CTRL_C, DOWN, END, ENTER, Terminal, plain

from scaffold.asking import prompts
from scaffold.catalogue.option import Choice

NEW = ("new", "demo", "--no-install", "--no-git")
PROMPTS = [
    "Its name",
    "Which database",
    "With a cache",
    "Deployed how",
    "Create this",
]


@pytest.fixture
def terminal(open_terminal: Open) -> Terminal:
    return open_terminal(*NEW, "--framework", "fastapi")


def test_every_question_is_asked_with_its_default(terminal: Terminal) -> None:
    for prompt in PROMPTS[:-1]:
        terminal.answer(prompt, ENTER)
    shown = terminal.see("Create this")
    assert "--vcs-ref v1.0.0" in shown
    assert "--data database" not in shown
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded() == {
        "project_name": "demo",
        "framework": "fastapi",
        "database": "sqlite",
        "cached": False,
        "deploy": ["docker"],
    }


def test_the_way_back_remembers(terminal: Terminal) -> None:
    terminal.answer("Its name", END, "x", ENTER)
    terminal.answer("Which database", BACK)
    terminal.answer("Its name", END, "y", ENTER)
    terminal.answer("Which database", DOWN, ENTER)
    terminal.answer("With a cache", BACK)
    terminal.answer("Which database", ENTER)
    terminal.answer("With a cache", ENTER)
    terminal.answer("Deployed how", ENTER)
    terminal.see("Create this")
    terminal.type(BACK)
    terminal.answer("Deployed how", DOWN, " ", ENTER)
    assert "deploy: docker, due to compose" not in terminal.see("Create this")
    terminal.type(ENTER)
    assert terminal.end() == 0
    recorded = terminal.recorded()
    assert recorded["project_name"] == "demoxy"
    assert recorded["database"] == "postgresql"
    assert recorded["deploy"] == ["docker", "compose"]


def test_what_is_typed_takes_the_place_of_a_default(terminal: Terminal) -> None:
    terminal.answer("Its name", "shop", ENTER)
    for prompt in PROMPTS[1:-1]:
        terminal.answer(prompt, ENTER)
    terminal.see("Create this")
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["project_name"] == "shop"


def test_an_answered_question_leaves_its_answer_alone(terminal: Terminal) -> None:
    """The keys and what explains a choice are there while it is asked."""
    terminal.answer("Its name", ENTER)
    terminal.answer("Which database", DOWN, ENTER)
    assert re.search(r"Which database\? Served\s", plain(terminal.see("With a cache")))
    terminal.answer("", ENTER)
    terminal.answer("Deployed how", DOWN, " ", ENTER)
    left = plain(terminal.see("demo\r\n"))
    assert re.search(r"Deployed how\? Image, Group\s", left)


@pytest.mark.parametrize("columns", [60, 80])
def test_long_choices_break_between_words(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    title = "a choice with a very long explanation that needs more room than there is"
    reason = f"{title} and {title}"
    entries = prompts._entries([Choice("a", title), Choice("b", title, reason)], ["a"])
    shown = fragment_list_to_text(prompts._rows(InquirerControl(entries), boxes=True))
    lines = shown.splitlines()
    assert max(map(len, lines)) < columns
    assert shown.split() == f"» ● {title} - {title} ({reason})".split()
    assert [line[:6].strip() != "" for line in lines].count(True) == 2


@pytest.mark.parametrize(("flags", "coloured"), [((), True), (("--no-color",), False)])
def test_the_chosen_row_has_a_mark_and_colour(
    open_terminal: Open, flags: tuple[str, ...], coloured: bool
) -> None:
    terminal = open_terminal(*NEW, "--framework", "fastapi", *flags)
    terminal.answer("Its name", ENTER)
    terminal.see("Which database")
    shown = terminal.see("Ctrl-C: stop")
    assert " » Embedded" in plain(shown)
    assert bool(re.search(r"\x1b\[[0-9;]*36", shown)) is coloured
    terminal.type(CTRL_C)
    assert terminal.end() == 130


def test_a_place_that_was_not_given_is_asked(open_terminal: Open) -> None:
    terminal = open_terminal("new", "--no-install", "--no-git", "--framework", "fastapi")
    terminal.see("The project's folder")
    terminal.type("../demo", ENTER)
    terminal.see('contains ".."')
    terminal.type(*"\x7f" * 7, "demo", ENTER)
    for prompt in PROMPTS[:-1]:
        terminal.answer(prompt, ENTER)
    terminal.see("Create this")
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["project_name"] == "demo"


@pytest.mark.slow
def test_the_way_back_passes_over_what_is_not_asked(terminal: Terminal) -> None:
    for prompt in PROMPTS[:3]:
        terminal.answer(prompt, ENTER)
    terminal.answer("Deployed how", BACK)
    terminal.answer("With a cache", "k", ENTER)
    terminal.answer("How large", ENTER)
    terminal.answer("Deployed how", ENTER)
    terminal.see("Create this")
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["size"] == 5


def test_a_bad_answer_is_refused_where_it_is_typed(terminal: Terminal) -> None:
    terminal.answer("Its name", END, " x", ENTER)
    terminal.see("no spaces")
    terminal.type("\x7f\x7f", ENTER)
    terminal.answer("Which database", CTRL_C)
    assert terminal.end() == 130


def test_a_choice_that_is_ruled_out_shows_why(terminal: Terminal) -> None:
    for prompt in PROMPTS[:3]:
        terminal.answer(prompt, ENTER)
    terminal.see("Deployed how")
    terminal.see("choose postgresql")
    terminal.type(CTRL_C)
    assert terminal.end() == 130


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "number", [0, 1, *(pytest.param(each, marks=pytest.mark.slow) for each in (2, 3)), 4]
)
def test_ctrl_c_at_any_prompt_writes_nothing(terminal: Terminal, number: int) -> None:
    for prompt in PROMPTS[:number]:
        terminal.answer(prompt, ENTER)
    terminal.see(PROMPTS[number])
    terminal.type(CTRL_C)
    assert terminal.end() == 130
    assert not list(terminal.folder.iterdir())


def test_what_was_given_is_not_asked(open_terminal: Open, scaffold: Runner) -> None:
    options = ("database=sqlite", "cached=no", "deploy=compose")
    given = [word for option in options for word in ("-d", option)]
    terminal = open_terminal(*NEW, "--framework", "flask", *given)
    terminal.answer("Its name", ENTER)
    assert "deploy: docker, due to compose" in terminal.see("Create this")
    terminal.type(DOWN, DOWN, ENTER)
    assert terminal.end() == 130
    assert not list(scaffold.folder.iterdir())


def test_an_answer_is_changed_from_the_review(terminal: Terminal) -> None:
    for prompt in PROMPTS[:-1]:
        terminal.answer(prompt, ENTER)
    terminal.see("Create this")
    terminal.type(DOWN, ENTER)
    terminal.see("Which answer?")
    terminal.see("database: sqlite")
    terminal.type(DOWN, ENTER)
    terminal.answer("Which database", DOWN, ENTER)
    shown = terminal.see("Create this")
    assert "With a cache" not in shown
    assert "database=postgresql" in shown
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["database"] == "postgresql"


@pytest.mark.slow
def test_a_change_asks_again_what_it_opens(terminal: Terminal) -> None:
    for prompt in PROMPTS[:-1]:
        terminal.answer(prompt, ENTER)
    terminal.see("Create this")
    terminal.see("c  Change an answer")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.type(DOWN, DOWN, ENTER)
    terminal.answer("With a cache", "k", ENTER)
    terminal.answer("How large", ENTER)
    terminal.see("Create this")
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["size"] == 5


def test_a_bad_flag_is_refused_before_the_first_prompt(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW, "-d", "database=oracle")
    assert "oracle" in terminal.see("is not one of its choices")
    assert terminal.end() == 2


@pytest.mark.slow
def test_the_spinner_leaves_nothing_in_the_lines_of_steps(
    open_terminal: Open, scaffold: Runner, tmp_path: Path
) -> None:
    uv = script(tmp_path / "bin" / "uv", "sleep 0.5\ntouch uv.lock\nmkdir -p .venv")
    path = f"{uv.parent}:{scaffold.environment['PATH']}"
    runner = replace(scaffold, environment=scaffold.environment | {"PATH": path})
    given = ("new", "demo", "--yes", "--framework", "flask", "--no-git", "--trust")
    terminal = open_terminal(*given, runner=runner)
    shown = terminal.see("Next:")
    assert "finishing" in shown
    assert "ok lock" in shown
    # Straight after the spinner, colours aside, comes no text: its line is erased first.
    assert not re.search(r"finishing(\x1b\[[0-9;]*m)*[ \w.!-]", shown)
