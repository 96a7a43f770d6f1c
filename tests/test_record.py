"""The decision record: what was answered, what was recommended, and what was taken."""

from datetime import date
from typing import Any

import pytest
from markdown_it import MarkdownIt

from scaffold.advisor.advice import Recommendation, recommend
from scaffold.advisor.answers import read
from scaffold.advisor.rubric import load
from scaffold.deciding.record import FrameworkChoice, record

RUBRIC = load()
SECTIONS = {remark.source for each in RUBRIC.consequences.values() for remark in each} | {
    remark.source for remark in RUBRIC.cautions
}
DAY = date(2026, 11, 24)


def advise(**answers: Any) -> Recommendation:
    advice = recommend(RUBRIC, read(RUBRIC, answers))
    assert advice is not None
    return advice


def written(decision: FrameworkChoice) -> str:
    return record(RUBRIC, decision, DAY)


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_one_that_was_followed() -> None:
    advice = advise(purpose="api", docs="yes", team=["async-typing"])
    text = written(FrameworkChoice("fastapi", advice))
    assert text.startswith("# 1. Use FastAPI\n\nDate: 2026-11-24\n\n## Status\n\nAccepted\n")
    context = section(text, "Context")
    assert "| What does the team know? | async and type hints |" in context
    assert "| A built-in admin back office? | not answered |" in context
    for reason in advice.reasons:
        assert reason.why in context
        assert reason.source in context
    assert "| **sum** | **0** | **8** | **0** |" in context
    assert "We use FastAPI, as recommended." in section(text, "Decision")
    for remark in (*advice.consequences, *advice.cautions):
        assert remark.why in section(text, "Consequences")


def test_it_tells_what_would_have_changed_it() -> None:
    advice = advise(purpose="api", compliance="yes")
    decision = section(written(FrameworkChoice("fastapi", advice)), "Decision")
    assert "Too close to call" in decision
    for flip in advice.flips:
        assert RUBRIC.frameworks[flip.recommended] in decision


def test_an_override_is_told_without_a_word_of_blame() -> None:
    advice = advise(purpose="business-app", admin="yes")
    decision = section(written(FrameworkChoice("fastapi", advice)), "Decision")
    assert "We use FastAPI. Recommended was Django: it leads by 7 points" in decision
    consequences = section(written(FrameworkChoice("fastapi", advice)), "Consequences")
    assert "You write the back office yourself" in consequences
    assert "Django takes the longest" not in consequences


def test_a_recommendation_without_a_skeleton() -> None:
    advice = advise(purpose="business-app", admin="yes")
    text = written(FrameworkChoice("fastapi", advice, without_skeleton=True))
    assert "Recommended was Django, for which there was no skeleton: it leads by" in text


def test_without_an_interview_it_says_so() -> None:
    text = written(FrameworkChoice("fastapi", None, "given on the command line"))
    assert "without an interview" in text
    assert "it was given on the command line" in text
    assert "We use FastAPI." in text


@pytest.mark.parametrize("framework", RUBRIC.frameworks)
@pytest.mark.parametrize("given", [None, {"load": "high"}, {"purpose": "api", "docs": "yes"}])
def test_what_it_cites_is_named(framework: str, given: dict[str, str] | None) -> None:
    answered = None if given is None else read(RUBRIC, given)
    advice = None if answered is None else recommend(RUBRIC, answered)
    text = written(FrameworkChoice(framework, advice, "given on the command line", answered))
    cited = any(f"({section})" in text or f"| {section} |" in text for section in SECTIONS)
    named = text.count("an article from 2026, a comparison of FastAPI, Django and Flask")
    assert named == int(cited)


def test_too_few_answers_are_told() -> None:
    given = read(RUBRIC, {"load": "high"})
    text = written(FrameworkChoice("fastapi", None, "chosen at a prompt", given))
    assert "| How much traffic at once? | High |" in text
    assert "too little for a recommendation. The framework was chosen at a prompt." in text


def test_two_side_by_side_and_what_was_ruled_out() -> None:
    given = read(RUBRIC, {"purpose": "realtime", "admin": "yes", "load": "extreme"})
    advice = recommend(RUBRIC, given, {"flask": "pages: a | b <c>"})
    text = written(FrameworkChoice("fastapi", advice))
    assert "Django for the admin back office" in text
    assert "Flask was ruled out: pages: a" in text


@pytest.mark.parametrize("purpose", RUBRIC.questions["purpose"].answers)
def test_it_is_sound_markdown(purpose: str) -> None:
    advice = advise(purpose=purpose, team=["newcomers"], pages="yes", io="yes", load="extreme")
    text = written(FrameworkChoice(advice.recommended, advice))
    tokens = MarkdownIt().enable("table").parse(text)
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", *["h2"] * 4]
    assert sum(token.type == "table_open" for token in tokens) == 2
    assert "None" not in text
    assert text.endswith(")\n")
