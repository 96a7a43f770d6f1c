"""The rubric's own data: every weight has a reason and a source, and nothing points nowhere."""

import pytest

from scaffold.advisor.rubric import Remark, Weight, load
from scaffold.catalogue.catalogue import Catalogue

RUBRIC = load()
REMARKS = [*RUBRIC.cautions, *(each for said in RUBRIC.consequences.values() for each in said)]
WEIGHTS = [
    pytest.param(weight, id=f"{question.id}-{answer}")
    for question in RUBRIC.questions.values()
    for answer, weight in question.answers.items()
]


def is_answer(question: str, answer: str) -> bool:
    return answer in RUBRIC.questions[question].answers


def test_the_questions_are_those_of_the_interview() -> None:
    assert {id: tuple(question.possible) for id, question in RUBRIC.questions.items()} == {
        "purpose": (
            *("api", "microservice", "realtime", "ml-service", "high-throughput"),
            *("business-app", "content-site", "mvp-backoffice", "regulated-app"),
            *("prototype", "small-tool", "learning", "custom-stack", "legacy-integration"),
            "unsure",
        ),
        "team": ("async-typing", "django", "flask", "newcomers"),
        "scope": ("throwaway", "small", "medium", "large", "unsure"),
        "control": ("batteries", "balanced", "control", "unsure"),
        "load": ("modest", "high", "extreme", "unsure"),
        "pages": ("yes", "no", "unsure"),
        "admin": ("yes", "no", "unsure"),
        "compliance": ("yes", "no", "unsure"),
        "io": ("yes", "no", "unsure"),
        "docs": ("yes", "no", "unsure"),
    }


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_weight_has_its_reason(weight: Weight) -> None:
    if weight.points:
        assert weight.why.endswith(".")
        assert weight.source
        assert all(isinstance(number, int) and number for number in weight.points.values())
        assert set(weight.points) <= set(RUBRIC.frameworks)
    else:
        assert not weight.why
        assert not weight.source


def test_what_a_purpose_prefills_are_answers() -> None:
    prefills = {
        purpose: dict(weight.prefills)
        for purpose, weight in RUBRIC.questions["purpose"].answers.items()
        if weight.prefills
    }
    assert prefills == {
        "regulated-app": {"compliance": "yes"},
        "mvp-backoffice": {"admin": "yes"},
        "content-site": {"pages": "yes"},
        "high-throughput": {"load": "extreme"},
        "prototype": {"scope": "throwaway"},
        "small-tool": {"scope": "small"},
        "custom-stack": {"control": "control"},
    }
    for filled in prefills.values():
        assert all(is_answer(question, answer) for question, answer in filled.items())


@pytest.mark.parametrize("remark", REMARKS, ids=lambda remark: remark.why[:40])
def test_remarks_point_at_answers(remark: Remark) -> None:
    assert remark.why.endswith(".")
    assert set(remark.recommended) <= set(RUBRIC.frameworks)
    for conditions in (remark.when, remark.unless):
        for question, answers in conditions.items():
            assert all(is_answer(question, answer) for answer in answers)
    assert RUBRIC.hybrid.never.keys() <= RUBRIC.questions.keys()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_only_options_that_exist_are_set(weight: Weight, ours: Catalogue) -> None:
    for option, value in weight.sets.items():
        question = ours.option(option)
        if question.type == "bool":
            assert isinstance(value, bool)
            continue
        known = ours.values(question, {"framework": "django"})
        assert known.issuperset(value if isinstance(value, list) else [value]), option


def test_every_purpose_chooses_something() -> None:
    assert all(weight.sets for weight in RUBRIC.questions["purpose"].answers.values())
