"""What must hold of the rubric over the whole space of answers."""

import math
from collections import Counter

import pytest

from scaffold.advisor.rubric import UNSURE

from . import space
from .states import QUESTIONS, RUBRIC

# What is known of a sum serves them all.
pytestmark = pytest.mark.xdist_group("space")


def test_the_space_is_whole() -> None:
    everything = math.prod(len(space.answers(question)) for question in QUESTIONS)
    assert sum(space.without().values()) == everything == 4_665_600


def test_each_framework_is_reached_and_none_in_more_than_half() -> None:
    shares: Counter[str | None] = Counter()
    for state, many in space.without().items():
        shares[space.recommended(state)] += many
    assert set(shares) == {"fastapi", "django", "flask", None}
    for framework in RUBRIC.frameworks:
        assert 0.2 < shares[framework] / shares.total() <= 0.5, shares


@pytest.mark.few(2)
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_without_influence(question: str) -> None:
    parts = [space.part(question, answer) for answer in space.answers(question)]
    assert any(
        len({space.recommended(rest + part) for part in parts} - {None}) > 1
        for rest in space.without(question)
    )


@pytest.mark.few(3)
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_that_favours_a_framework_never_takes_it_away(question: str) -> None:
    several = RUBRIC.questions[question].several
    for answer, weight in RUBRIC.questions[question].answers.items():
        ranked = sorted(RUBRIC.frameworks, key=lambda each: -weight.points.get(each, 0))
        favoured = ranked[0]
        if weight.points.get(favoured, 0) <= weight.points.get(ranked[1], 0):
            continue
        before = [each for each in space.answers(question) if several and answer not in each]
        for rest in space.without(question):
            for members in before or [UNSURE]:
                more = (*members, answer) if isinstance(members, tuple) else answer
                now = space.recommended(rest + space.part(question, members))
                if now == favoured:
                    after = space.recommended(rest + space.part(question, more))
                    assert after == favoured, (question, answer, rest)
