"""What is said beside the framework: ties, cautions, two side by side, defaults."""

from typing import Any

import pytest
from hypothesis import given, settings

from scaffold.advisor.advice import missing, recommend
from scaffold.advisor.answers import read
from scaffold.advisor.rubric import UNSURE, meets

from . import oracle
from .states import QUESTIONS, RUBRIC, advise, states


def test_too_few_answers_give_no_recommendation() -> None:
    for state in ({}, {"admin": "yes"}, {"team": ["django", "flask"]}, {"purpose": UNSURE}):
        assert recommend(RUBRIC, read(RUBRIC, state)) is None
    neutral = {"load": "modest", "io": "no", "scope": "medium", "admin": "no"}
    assert recommend(RUBRIC, read(RUBRIC, neutral)) is None
    assert missing(RUBRIC, read(RUBRIC, neutral)) == [q for q in QUESTIONS if q not in neutral]
    assert advise(admin="yes", io="no").recommended == "django"


def test_the_team_decides_what_is_too_close_to_call() -> None:
    even = {"purpose": "api", "compliance": "yes"}
    advice = advise(**even)
    assert (advice.recommended, advice.margin, advice.too_close) == ("fastapi", 1.0, True)
    advice = advise(**even, team=["async-typing", "django", "newcomers"], pages="no", admin=UNSURE)
    assert advice.too_close is False
    close = advise(purpose="business-app", team=["async-typing"], load="high")
    assert close.scores == {"flask": 0, "fastapi": 4, "django": 4}
    assert close.recommended == "fastapi"
    behind = advise(purpose="business-app", team=["flask"], control="balanced", scope="small")
    assert behind.scores == {"flask": 4, "fastapi": 1, "django": 4}
    assert (behind.recommended, behind.margin) == ("flask", 0.0)


def test_the_recommended_may_be_behind_only_where_it_is_close() -> None:
    advice = advise(purpose="api", control="control", team=["flask"], docs="yes")
    assert advice.scores["fastapi"] - advice.scores["flask"] == 1
    assert (advice.recommended, advice.runner_up, advice.too_close) == ("flask", "fastapi", True)


def test_one_that_is_ruled_out_keeps_its_score() -> None:
    given_ = read(RUBRIC, {"purpose": "api", "docs": "yes"})
    advice = recommend(RUBRIC, given_, {"fastapi": "no pages"})
    assert advice is not None
    assert advice.scores["fastapi"] == 6
    assert advice.recommended in ("flask", "django")
    only = recommend(RUBRIC, given_, {"fastapi": "no", "flask": "no"})
    assert only is not None
    assert (only.recommended, only.margin, only.runner_up) == ("django", None, None)
    assert only.flips == ()


@pytest.mark.parametrize(
    ("answers", "pair"),
    [
        ({"purpose": "realtime", "admin": "yes", "load": "extreme"}, {"fastapi", "django"}),
        ({"purpose": "mvp-backoffice", "admin": "yes", "load": "extreme"}, {"fastapi", "django"}),
        ({"purpose": "legacy-integration", "admin": "yes"}, {"flask", "django"}),
        ({"purpose": "realtime", "admin": "yes", "scope": "small"}, None),
        ({"purpose": "prototype", "admin": "yes", "load": "extreme"}, None),
        ({"purpose": "api", "team": ["django"]}, None),
        ({"purpose": "api", "control": "control"}, None),
    ],
)
def test_two_side_by_side(answers: dict[str, Any], pair: set[str] | None) -> None:
    advice = advise(**answers)
    if pair is None:
        assert advice.hybrid is None
    else:
        assert advice.hybrid is not None
        assert set(advice.hybrid.parts) == pair
        assert advice.recommended in pair
        assert all(advice.hybrid.parts.values())
        assert advice.hybrid.source == "Migration and Hybrid Usage"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"purpose": "api"}, "asynchronous"),
        ({"purpose": "business-app"}, "longest to learn"),
        ({"purpose": "legacy-integration", "load": "high"}, "least traffic"),
        ({"purpose": "high-throughput", "load": "extreme"}, "database is the bottleneck"),
        ({"purpose": "small-tool", "scope": "small", "admin": "yes"}, "pull against each other"),
    ],
)
def test_cautions(answers: dict[str, Any], words: str) -> None:
    assert any(words in each.why for each in advise(**answers).cautions)


def test_a_team_that_knows_it_is_not_warned() -> None:
    assert not any(
        "asynchronous" in c.why for c in advise(purpose="api", team=["async-typing"]).cautions
    )
    assert not any(
        "longest" in c.why for c in advise(purpose="business-app", team=["django"]).cautions
    )


@settings(max_examples=80, deadline=None)
@given(states())
def test_what_is_said_meets_its_conditions(state: dict[str, Any]) -> None:
    advice = recommend(RUBRIC, read(RUBRIC, state))
    if advice is None:
        return
    for each in (*advice.cautions, *advice.consequences):
        for question, some in each.when.items():
            assert meets(advice.given, question, some)
        for question, some in each.unless.items():
            assert not meets(advice.given, question, some)
    assert advice.consequences
    for default in advice.defaults:
        weight = RUBRIC.questions[default.question].answers[default.answer]
        assert weight.sets[default.option] == default.value
        assert default.answer in oracle.answers_to(state, default.question)


def test_the_later_answer_sets_the_default() -> None:
    defaults = {
        d.option: (d.value, d.cause) for d in advise(purpose="prototype", load="extreme").defaults
    }
    assert defaults["database"] == ("postgresql", "load: extreme")
    assert defaults["auth"] == ("none", "purpose: prototype")
