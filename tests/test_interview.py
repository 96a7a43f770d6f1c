"""The prompts, on a terminal: defaults, the way back, Ctrl-C anywhere, and the review."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest
import yaml
from conftest import Runner, commit, git

BACK = "\x1b[Z"
DOWN = "\x1b[B"
ENTER = "\r"
CTRL_C = "\x03"
QUESTIONS = """
_subdirectory: template
_implies: {deploy: {compose: docker}}
project_name: {type: str, help: "Its name?", validator: "{% if ' ' in project_name %}no spaces{% endif %}"}
framework: {type: str, help: "Which framework?", choices: {First: fastapi, Second: flask}}
database: {type: str, help: "Which database?", choices: {Embedded: sqlite, Served: postgresql}, default: sqlite}
cached: {type: bool, help: "With a cache?", default: false}
size: {type: int, help: "How large a cache?", default: 5, when: "{{ cached }}"}
deploy:
  type: str
  help: "Deployed how?"
  multiselect: true
  default: [docker]
  choices:
    Image: docker
    Group: compose
    Cluster: {value: cluster, validator: "{% if database == 'sqlite' %}choose postgresql{% endif %}"}
"""
PROMPTS = [
    "Its name",
    "Which framework",
    "Which database",
    "With a cache",
    "Deployed how",
    "Create this",
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    folder = tmp_path / "asking"
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    return folder


class Terminal:
    """Types into a run of the program and reads what it shows."""

    def __init__(
        self, scaffold: Runner, template: Path, *arguments: str, install: bool = False
    ) -> None:
        files_alone = () if install else ("--no-install", "--no-git")
        command = [*scaffold.command[1:], "new", "demo", *files_alone, *arguments]
        # A terminal would tell where its cursor is; this one cannot, and would be waited for.
        own = {"SCAFFOLD_TEMPLATE": str(template), "PROMPT_TOOLKIT_NO_CPR": "1"}
        environment = scaffold.environment | own
        self.folder = scaffold.folder
        self.child = pexpect.spawn(
            sys.executable,
            command,
            cwd=str(scaffold.folder),
            env=environment,
            encoding="utf-8",
            timeout=20,
            dimensions=(40, 160),
        )

    def see(self, text: str) -> str:
        """Wait for a text and return what came before it."""
        self.child.expect(re.escape(text))
        return str(self.child.before)

    def type(self, *keys: str) -> None:
        """Send keys, one after the other."""
        for key in keys:
            self.child.send(key)

    def answer(self, prompt: str, *keys: str) -> None:
        """Wait for a prompt and its hint, and type."""
        self.see(prompt)
        self.see("Shift-Tab: back)")
        self.type(*keys)

    def end(self) -> int:
        """Wait for the end and return the exit status."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert self.child.signalstatus is None
        assert isinstance(self.child.exitstatus, int)
        return self.child.exitstatus

    def recorded(self) -> dict[str, object]:
        """Return the answers that the project remembers."""
        text = (self.folder / "demo" / ".copier-answers.yml").read_text()
        return {key: value for key, value in yaml.safe_load(text).items() if key[0] != "_"}


@pytest.fixture
def terminals(scaffold: Runner, template: Path) -> Iterator[list[Terminal]]:
    """The terminals of a test, closed at its end."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.child.close(force=True)


@pytest.fixture
def terminal(scaffold: Runner, template: Path, terminals: list[Terminal]) -> Terminal:
    terminals.append(Terminal(scaffold, template))
    return terminals[0]


def test_every_question_is_asked_with_its_default(terminal: Terminal) -> None:
    for prompt in PROMPTS[:-1]:
        terminal.answer(prompt, ENTER)
    shown = terminal.see("Create this")
    assert "--vcs-ref v1.0.0" in shown
    assert "--data database=sqlite" in shown
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
    terminal.answer("Its name", "x", ENTER)
    terminal.answer("Which framework", DOWN, ENTER)
    terminal.answer("Which database", BACK)
    terminal.answer("Which framework", BACK)
    terminal.answer("Its name", "y", ENTER)
    terminal.answer("Which framework", ENTER)
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
    assert (recorded["framework"], recorded["database"]) == ("flask", "postgresql")
    assert recorded["deploy"] == ["docker", "compose"]


def test_the_way_back_passes_over_what_is_not_asked(terminal: Terminal) -> None:
    for prompt in PROMPTS[:4]:
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
    terminal.answer("Its name", " x", ENTER)
    terminal.see("no spaces")
    terminal.type("\x7f\x7f", ENTER)
    terminal.answer("Which framework", CTRL_C)
    assert terminal.end() == 130


def test_a_choice_that_is_ruled_out_shows_why(terminal: Terminal) -> None:
    for prompt in PROMPTS[:4]:
        terminal.answer(prompt, ENTER)
    terminal.answer("Deployed how")
    terminal.see("choose postgresql")
    terminal.type(CTRL_C)
    assert terminal.end() == 130


@pytest.mark.parametrize(
    "number", [0, 1, *(pytest.param(each, marks=pytest.mark.slow) for each in (2, 3, 4)), 5]
)
def test_ctrl_c_at_any_prompt_writes_nothing(terminal: Terminal, number: int) -> None:
    for prompt in PROMPTS[:number]:
        terminal.answer(prompt, ENTER)
    terminal.see(PROMPTS[number])
    terminal.type(CTRL_C)
    assert terminal.end() == 130
    assert not list(terminal.folder.iterdir())


def test_what_was_given_is_not_asked(
    scaffold: Runner, template: Path, terminals: list[Terminal]
) -> None:
    given = (
        "--framework",
        "flask",
        "-d",
        "database=sqlite",
        "-d",
        "cached=no",
        "-d",
        "deploy=compose",
    )
    terminals.append(Terminal(scaffold, template, *given))
    terminals[0].answer("Its name", ENTER)
    assert "deploy: docker, due to compose" in terminals[0].see("Create this")
    terminals[0].type(DOWN, DOWN, ENTER)
    assert terminals[0].end() == 130
    assert not list(scaffold.folder.iterdir())


def test_a_bad_flag_is_refused_before_the_first_prompt(
    scaffold: Runner, template: Path, terminals: list[Terminal]
) -> None:
    terminals.append(Terminal(scaffold, template, "-d", "database=oracle"))
    assert "oracle" in terminals[0].see("is not one of its choices")
    assert terminals[0].end() == 2


def test_the_spinner_leaves_nothing_in_the_lines_of_steps(
    scaffold: Runner, template: Path, terminals: list[Terminal], tmp_path: Path
) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text("#!/bin/sh\nsleep 0.5\n")
    uv.chmod(0o755)
    path = f"{uv.parent}:{scaffold.environment['PATH']}"
    runner = replace(scaffold, environment=scaffold.environment | {"PATH": path})
    given = ("--yes", "--framework", "flask", "--no-git")
    terminals.append(Terminal(runner, template, *given, install=True))
    shown = terminals[0].see("Next:")
    assert "finishing" in shown
    assert "ok lock" in shown
    # Straight after the spinner, colours aside, comes no text: its line is erased first.
    assert not re.search(r"finishing(\x1b\[[0-9;]*m)*[ \w.!-]", shown)
