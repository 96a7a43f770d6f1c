"""The program and an independent reading of the rubric agree."""

import itertools
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.advisor.advice import recommend
from scaffold.advisor.answers import read
from scaffold.advisor.influence import matters

from . import oracle, space
from .states import QUESTIONS, RUBRIC, states


@settings(max_examples=300, deadline=None)
@given(states(), st.sets(st.sampled_from(list(RUBRIC.frameworks)), max_size=2))
def test_the_oracle_agrees(state: dict[str, Any], out: set[str]) -> None:
    ruled_out = dict.fromkeys(sorted(out), "it cannot")
    advice = recommend(RUBRIC, read(RUBRIC, state), ruled_out)
    expected = oracle.best(state, frozenset(out))
    if advice is None:
        assert expected is None
        return
    assert advice.recommended == expected
    assert advice.scores == {each: oracle.points(state, each) for each in oracle.EASIEST}
    left = sorted(oracle.points(state, each) for each in oracle.EASIEST if each not in out)
    assert advice.margin == (left[-1] - left[-2] if len(left) > 1 else None)
    assert advice.too_close == (len(left) > 1 and left[-1] - left[-2] < 1.5)
    assert advice.ruled_out == ruled_out
    if not advice.too_close:
        assert advice.scores[advice.recommended] == left[-1]
    found = [
        (each.question, list(each.answer) if isinstance(each.answer, tuple) else each.answer, each.recommended)
        for each in advice.flips
    ]  # fmt: skip
    assert sorted(map(repr, found)) == sorted(map(repr, oracle.all_flips(state, frozenset(out))))
    sums = Counter[str]()
    for reason in advice.reasons:
        sums.update(reason.points)
    assert {each: sums[each] for each in RUBRIC.frameworks} == advice.scores


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, pytest.param(3, marks=pytest.mark.matrix)])
def test_the_oracle_agrees_on_every_answer_to_any_few_questions(number: int) -> None:
    for names in itertools.combinations(QUESTIONS, number):
        for answers in itertools.product(*map(space.answers, names)):
            state = dict(zip(names, answers, strict=True))
            advice = recommend(RUBRIC, read(RUBRIC, state))
            assert (advice.recommended if advice else None) == oracle.best(state), state


@settings(max_examples=60, deadline=None)
@given(states())
def test_the_same_answers_give_the_same(state: dict[str, Any]) -> None:
    backwards = dict(reversed(state.items()))
    assert recommend(RUBRIC, read(RUBRIC, state)) == recommend(RUBRIC, read(RUBRIC, backwards))


@settings(max_examples=40, deadline=None)
@given(states(), st.sampled_from(QUESTIONS))
def test_a_question_that_does_not_matter_changes_nothing(
    state: dict[str, Any], question: str
) -> None:
    position = QUESTIONS.index(question)
    settled = read(
        RUBRIC, {name: each for name, each in state.items() if name in QUESTIONS[:position]}
    )
    later = QUESTIONS[position + 1 :]
    rest = {name: each for name, each in state.items() if name in later}
    results = {
        oracle.best({**settled, **rest, question: answer}) for answer in space.answers(question)
    }
    if len(results) > 1:
        assert matters(RUBRIC, settled, later, RUBRIC.questions[question], list(RUBRIC.frameworks))


def test_the_last_question_is_open_only_while_it_can_decide() -> None:
    frameworks = list(RUBRIC.frameworks)
    docs = RUBRIC.questions["docs"]
    close = read(RUBRIC, {"purpose": "business-app", "io": "yes"})
    clear = read(RUBRIC, {"purpose": "business-app", "admin": "yes", "compliance": "yes"})
    assert matters(RUBRIC, close, [], docs, frameworks)
    assert not matters(RUBRIC, clear, [], docs, frameworks)
