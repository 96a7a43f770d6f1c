"""What would change a recommendation: found by trying every change, never written down."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from scaffold.advisor.rubric import UNSURE, Given, Question, Rubric
from scaffold.advisor.scores import recommended


class Flip(NamedTuple):
    """One answer that, changed to this, gives another framework."""

    question: str
    answer: str | tuple[str, ...]
    recommended: str


def flips(rubric: Rubric, given: Given, left: list[str]) -> Iterator[Flip]:
    """Yield every single change of an answer that changes the recommendation."""
    now = recommended(rubric, given, left)
    for question in rubric.questions.values():
        for answer in _others(question, given):
            other = recommended(rubric, changed(given, question, answer), left)
            if other is not None and other != now:
                yield Flip(question.id, answer, other)


def every(question: Question) -> Iterator[str | tuple[str, ...]]:
    """Yield every answer to a question: each of its words, or each set of them."""
    if not question.several:
        yield from question.possible
        return
    for length in range(len(question.answers) + 1):
        yield from combinations(question.answers, length)


def _others(question: Question, given: Given) -> Iterator[str | tuple[str, ...]]:
    """Yield every answer that is one change away: of several answers, one more or one less."""
    now = given.get(question.id, () if question.several else UNSURE)
    for answer in every(question):
        if isinstance(answer, tuple):
            if len(set(answer) ^ set(now)) == 1:
                yield answer
        elif answer != now:
            yield answer


def changed(given: Given, question: Question, answer: str | tuple[str, ...]) -> Given:
    """Return the answers with another one to a question; "unsure" takes it out."""
    others = {id: each for id, each in given.items() if id != question.id}
    return others if answer in (UNSURE, ()) else {**others, question.id: answer}
