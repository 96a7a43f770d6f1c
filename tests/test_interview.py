"""The interview on a terminal, with real keystrokes: forwards, back, overridden, stopped and taken up."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, Runner, commit
from terminal import BACK, CTRL_C, DOWN, END, ENTER, UP, Terminal, small_template

from scaffold.advisor.rubric import load

NEW = ("new", "demo", "--no-install", "--no-git")
QUESTIONS = list(load().questions)
ASKED = [question.asks for question in load().questions.values()]
ENDS = ("is recommended.", "too little for a recommendation", "too little to go by")


def answer(terminal: Terminal, question: str, downs: int = 0) -> None:
    """Choose the answer that far below the first, which is "Not sure"."""
    terminal.answer(question, *[DOWN] * downs, ENTER)


def walk(terminal: Terminal, **downs: int) -> list[str]:
    """Answer what is asked, up to the recommendation: how far below the first, by question.

    Returns the questions that were asked.
    """
    asked: list[str] = []
    while (seen := terminal.next(ASKED, ENDS)) not in ENDS:
        asked.append(QUESTIONS[ASKED.index(seen)])
        terminal.see("Shift-Tab: back")
        terminal.type(*[DOWN] * downs.get(asked[-1], 0), ENTER)
    return asked


def take_the_defaults(terminal: Terminal, *prompts: str) -> str:
    """Press Enter at the options, and create; return what the review shows."""
    for prompt in prompts or ("Its name", "Which database", "With a cache", "Deployed how"):
        terminal.answer(prompt, ENTER)
    shown = terminal.see("Create this project?")
    terminal.type(ENTER)
    return shown


def kept(terminal: Terminal) -> Any:
    """Return what the run kept for the next one."""
    home = terminal.folder.parent / "home"
    return json.loads((home / ".local/state/scaffold/answers.json").read_text())


def record(terminal: Terminal) -> str:
    return (terminal.folder / "demo/docs/decisions/0001-framework.md").read_text()


def test_from_the_first_question_to_the_project(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    terminal.see("[1/10]")
    assert walk(terminal, purpose=1)[:4] == ["purpose", "team", "scope", "control"]
    shown = terminal.see("Which framework?")
    assert "An API is what FastAPI is made for. (When to Choose FastAPI)" in shown
    terminal.see("1  FastAPI: 4 points, recommended")
    terminal.type(ENTER)
    terminal.see("[1/4] Its name?")
    terminal.type(ENTER)
    terminal.see("Which database?")
    assert "from purpose: api" in terminal.see("Shift-Tab: back")
    terminal.type(ENTER)
    review = take_the_defaults(terminal, "With a cache", "Deployed how")
    assert "postgresql (from purpose: api)" in review
    assert terminal.end() == 0
    assert terminal.recorded()["framework"] == "fastapi"
    assert terminal.recorded()["database"] == "postgresql"
    assert "We use FastAPI, as recommended." in record(terminal)


def test_one_key_overrides(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type("2")
    take_the_defaults(terminal)
    assert terminal.end() == 0
    assert terminal.recorded()["framework"] == "flask"
    assert "We use Flask. Recommended was FastAPI: it leads by" in record(terminal)


@pytest.mark.slow
def test_back_through_the_interview_with_what_was_answered(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    asked = walk(terminal, purpose=10, admin=2)
    assert "Why Flask" in terminal.see("Which framework?")
    terminal.see("Stop, and make nothing")
    terminal.type(BACK)
    texts = [ASKED[QUESTIONS.index(each)] for each in asked]
    for question in reversed(texts[1:]):
        terminal.answer(question, BACK)
    assert walk(terminal) == asked
    assert "Why Flask" in terminal.see("Which framework?")
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    terminal.answer("Its name", BACK)
    terminal.see("Stop, and make nothing")
    terminal.type("s")
    assert terminal.end() == 130
    assert not list(terminal.folder.iterdir())
    assert kept(terminal)["interview"]["admin"] == "no"


@pytest.mark.slow
def test_an_answer_is_changed_after_the_recommendation(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.type(ENTER)
    terminal.answer(ASKED[0], *[DOWN] * 9, ENTER)
    # What the new purpose says is asked, and the others stand as they are.
    assert "scope" in walk(terminal)
    assert "Why Flask" in terminal.see("Which framework?")
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    take_the_defaults(terminal)
    assert terminal.end() == 0
    assert terminal.recorded()["framework"] == "flask"


@pytest.mark.slow
def test_an_option_named_as_a_question_hides_no_answer(open_terminal: Open, tmp_path: Path) -> None:
    alike = small_template(tmp_path / "alike")
    asked = 'load: {type: str, help: "How much?", choices: [little, much], default: little}'
    (alike / "copier.yml").write_text(f"{(alike / 'copier.yml').read_text()}{asked}\n")
    commit(alike, "Ask for the load", "v1.1.0")
    terminal = open_terminal(*NEW, "--template", str(alike))
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    for prompt in ("Its name", "Which database", "With a cache", "Deployed how", "How much"):
        terminal.answer(prompt, ENTER)
    terminal.see("c  Change an answer")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.see("load: unsure")
    terminal.see("load: little")
    terminal.type(CTRL_C)
    assert terminal.end() == 130


@pytest.mark.slow
def test_what_a_purpose_said_goes_with_it(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=10)
    terminal.see("Stop, and make nothing")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.type(ENTER)
    terminal.answer(ASKED[0], UP, ENTER)
    assert walk(terminal)[0] == "scope"
    shown = terminal.see("What now?")
    assert "throwaway" not in shown
    assert "compliance: yes" in shown
    terminal.type(CTRL_C)
    assert terminal.end() == 130


@pytest.mark.slow
def test_change_comes_back_to_where_it_was_asked_for(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    terminal.answer("Its name", BACK)
    terminal.see("Stop, and make nothing")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.type(DOWN, ENTER)
    terminal.answer(ASKED[1], BACK)
    terminal.see("Stop, and make nothing")
    terminal.type("c")
    terminal.see("Which answer?")
    terminal.type(DOWN, ENTER)
    terminal.answer(ASKED[1], " ", ENTER)
    assert walk(terminal) == []
    assert "team: async-typing" in terminal.see("Stop, and make nothing")
    terminal.type("s")
    assert terminal.end() == 130


def test_what_the_purpose_says_is_preselected(open_terminal: Open) -> None:
    terminal = open_terminal("recommend")
    answer(terminal, ASKED[0], 7)
    for question in ASKED[1:5]:
        answer(terminal, question)
    terminal.see(ASKED[5])
    assert "from purpose" in terminal.see("Shift-Tab: back")
    terminal.type(ENTER)
    walk(terminal)
    shown = terminal.see("What would change this")
    assert "Why Django" in shown
    assert "pages: yes" in shown
    assert terminal.end() == 0


def test_a_question_that_cannot_matter_is_not_asked(open_terminal: Open) -> None:
    """An application with admin and compliance is Django's, whatever it calls and documents."""
    terminal = open_terminal("recommend")
    asked = walk(terminal, purpose=6, admin=1, compliance=1)
    assert asked == [each for each in QUESTIONS if each not in ("io", "docs")]
    assert "Why Django" in terminal.see("No single answer would.")
    assert terminal.end() == 0


@pytest.mark.slow
def test_a_question_that_can_matter_is_asked_to_the_last(open_terminal: Open) -> None:
    terminal = open_terminal("recommend")
    assert walk(terminal, purpose=6, load=3, docs=1) == QUESTIONS
    assert "Why FastAPI" in terminal.see("What would change this")
    assert terminal.end() == 0


@pytest.mark.slow
def test_without_an_answer_the_framework_is_asked(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal)
    terminal.see("Stop, and make nothing")
    terminal.type("1")
    take_the_defaults(terminal)
    assert terminal.end() == 0
    assert terminal.recorded()["framework"] == "flask"
    assert "too little for a recommendation" in record(terminal)
    assert "chosen at a prompt" in record(terminal)


@pytest.mark.slow
def test_a_framework_without_a_skeleton_is_said_and_can_be_left(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=6)
    terminal.see("Django is right, but this version has no skeleton for it. What now?")
    assert "Django: 4 points, recommended (this version has no skeleton" in terminal.see("c  Ch")
    terminal.see("Stop, and make nothing")
    terminal.type("1", "2")
    take_the_defaults(terminal)
    assert terminal.end() == 0
    assert terminal.recorded()["framework"] in ("fastapi", "flask")
    assert "Recommended was Django, for which there was no skeleton" in record(terminal)


@pytest.mark.few(1, 3)
@pytest.mark.parametrize(
    "number", [0, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, 3, 5, 6)), 7]
)
def test_ctrl_c_keeps_the_answers_for_the_next_run(open_terminal: Open, number: int) -> None:
    terminal = open_terminal(*NEW)
    answered = ASKED[:number]
    for question in answered:
        answer(terminal, question, question == ASKED[0])
    terminal.answer(ASKED[number], CTRL_C)
    terminal.child.expect("Your answers are kept" if answered else "KeyboardInterrupt|$")
    assert terminal.end() == 130
    assert not list(terminal.folder.iterdir())
    again = open_terminal(*NEW)
    if answered:
        again.see(f"Go on with {number} answer")
        again.type(ENTER)
    assert walk(again)[0] == QUESTIONS[number]
    again.type(CTRL_C)
    assert again.end() == 130


@pytest.mark.slow
def test_ctrl_c_at_the_recommendation_the_options_and_the_review(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type(CTRL_C)
    assert terminal.end() == 130
    terminal = open_terminal(*NEW)
    terminal.see("Go on with")
    terminal.type(ENTER)
    assert walk(terminal) == []
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    terminal.answer("Its name", END, "x", ENTER)
    terminal.answer("Which database", CTRL_C)
    assert terminal.end() == 130
    terminal = open_terminal(*NEW)
    terminal.see("Go on with")
    terminal.type(ENTER)
    for prompt in ("Which database", "With a cache", "Deployed how"):
        terminal.answer(prompt, ENTER)
    terminal.see("Create this project?")
    terminal.type(CTRL_C)
    assert terminal.end() == 130
    terminal = open_terminal(*NEW)
    terminal.see("Go on with")
    terminal.type(ENTER)
    assert "Its name" not in terminal.see("Create this project?")
    terminal.type(ENTER)
    assert terminal.end() == 0
    assert terminal.recorded()["project_name"] == "demox"
    terminal = open_terminal("new", "other", "--no-install", "--no-git")
    terminal.answer(ASKED[0], CTRL_C)
    assert terminal.end() == 130


@pytest.mark.slow
def test_another_destination_takes_the_answers_up_without_the_names(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    walk(terminal, purpose=1)
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    terminal.answer("Its name", END, "x", ENTER)
    terminal.answer("Which database", CTRL_C)
    assert terminal.end() == 130
    terminal = open_terminal("new", "other", "--no-install", "--no-git")
    terminal.see("Go on with")
    terminal.type(ENTER)
    terminal.see("Its name?")
    terminal.see("other")
    terminal.type(CTRL_C)
    assert terminal.end() == 130


@pytest.mark.slow
def test_ctrl_c_between_two_prompts_is_not_lost(open_terminal: Open) -> None:
    """It is a signal then, which may come while something is torn down."""
    for moment in range(6):
        terminal = open_terminal("recommend")
        terminal.see(ASKED[0])
        terminal.see("Shift-Tab: back")
        terminal.type(ENTER)
        time.sleep(moment * 0.008)
        terminal.type(CTRL_C)
        assert terminal.end() == 130


@pytest.mark.slow
def test_start_anew_forgets(open_terminal: Open) -> None:
    terminal = open_terminal(*NEW)
    answer(terminal, ASKED[0], 1)
    terminal.answer(ASKED[1], CTRL_C)
    assert terminal.end() == 130
    for keys in ((DOWN, ENTER), ()):
        terminal = open_terminal(*NEW)
        if keys:
            terminal.see("Go on with 1 answer")
            terminal.type(*keys)
        terminal.answer(ASKED[0], CTRL_C)
        assert terminal.end() == 130


@pytest.mark.few(1)
@pytest.mark.parametrize("text", ["[" * 100_000, "{", '{"interview": 3, "options": []}', "\x00"])
def test_kept_answers_that_cannot_be_read_are_passed_over(
    open_terminal: Open, scaffold: Runner, text: str
) -> None:
    file = Path(scaffold.environment["HOME"]) / ".local/state/scaffold/answers.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    terminal = open_terminal(*NEW)
    terminal.answer(ASKED[0], CTRL_C)
    assert terminal.end() == 130


@pytest.mark.slow
def test_kept_answers_that_are_none_any_more_are_asked_again(
    open_terminal: Open, scaffold: Runner
) -> None:
    file = Path(scaffold.environment["HOME"]) / ".local/state/scaffold/answers.json"
    file.parent.mkdir(parents=True)
    kept_then = {
        "destination": str(scaffold.folder / "demo"),
        "when": 0,
        "interview": {"purpose": "rocket", "team": "django", "scope": "small", "colour": "red"},
        "recommended": "pyramid",
        "framework": "pyramid",
        "options": {"database": "oracle", "size": "large"},
        "accepted": ["database"],
        "presumed": [],
    }
    file.write_text(json.dumps(kept_then))
    terminal = open_terminal(*NEW)
    terminal.see("Go on with")
    terminal.type(ENTER)
    assert walk(terminal, purpose=1)[:3] == ["purpose", "team", "control"]
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    take_the_defaults(terminal)
    assert terminal.end() == 0
    assert terminal.recorded()["database"] == "sqlite"


def test_kept_answers_are_the_owners_alone(open_terminal: Open, scaffold: Runner) -> None:
    terminal = open_terminal(*NEW)
    answer(terminal, ASKED[0], 1)
    terminal.answer(ASKED[1], CTRL_C)
    terminal.end()
    file = Path(scaffold.environment["HOME"]) / ".local/state/scaffold/answers.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept(terminal)["interview"] == {"purpose": "api"}
    assert [each.name for each in file.parent.iterdir()] == ["answers.json"]


@pytest.mark.slow
def test_answers_of_a_file_are_not_asked(open_terminal: Open, scaffold: Runner) -> None:
    (scaffold.folder / "a.yml").write_text("interview: {purpose: prototype}")
    terminal = open_terminal(*NEW, "--answers", "a.yml")
    assert walk(terminal) == []
    assert "Why Flask" in terminal.see("Which framework?")
    terminal.see("Stop, and make nothing")
    terminal.type(ENTER)
    take_the_defaults(terminal)
    assert terminal.end() == 0


def test_recommend_keeps_nothing(open_terminal: Open, scaffold: Runner) -> None:
    terminal = open_terminal("recommend")
    answer(terminal, ASKED[0], 1)
    terminal.answer(ASKED[1], CTRL_C)
    assert terminal.end() == 130
    assert not list(Path(scaffold.environment["HOME"]).iterdir())


def test_every_question_fits_a_window_of_80_by_24(open_terminal: Open) -> None:
    terminal = open_terminal("recommend", size=(24, 80))
    for id, question in load().questions.items():
        titles = [weight.title for weight in question.answers.values()]
        assert len(titles) + 2 < 24
        assert len(f"? [10/10] {question.asks} ") + max(map(len, titles)) <= 80, id
    terminal.see(ASKED[0])
    for weight in load().questions["purpose"].answers.values():
        terminal.see(weight.title)
    terminal.type(DOWN, ENTER)
    assert ASKED[1] in terminal.next(ASKED[1:], ())
    terminal.type(ENTER)
    walk(terminal)
    shown = terminal.see("What would change this")
    assert max(map(len, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines())) <= 80
    assert terminal.end() == 0
