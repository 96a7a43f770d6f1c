"""The whole space of answers, counted exactly: 4,665,600 states come down to few different sums.

A recommendation hangs on the sums of points alone, on the tie-breaking ones, and on whether there is
enough to go by, so that states with the same of these are one, with a number.
"""

import itertools
from collections import Counter
from functools import cache
from operator import add
from typing import NamedTuple

from scaffold.advisor.rubric import UNSURE, load
from scaffold.advisor.scores import verdict

RUBRIC = load()
FRAMEWORKS = list(RUBRIC.frameworks)
Triple = tuple[int, int, int]
Answer = str | tuple[str, ...]


class Sum(NamedTuple):
    """What a recommendation hangs on."""

    total: Triple = (0, 0, 0)
    known: Triple = (0, 0, 0)
    answered: int = 0
    weighty: bool = False

    def __add__(self, other: "Sum") -> "Sum":  # type: ignore[override]
        total = tuple(map(add, self.total, other.total))
        known = tuple(map(add, self.known, other.known))
        answered = min(2, self.answered + other.answered)
        return Sum(total, known, answered, self.weighty or other.weighty)


def answers(question: str) -> list[Answer]:
    """Everything that can be answered, nothing included."""
    body = RUBRIC.questions[question]
    if not body.several:
        return [UNSURE, *body.answers]
    lengths = range(len(body.answers) + 1)
    return [each for length in lengths for each in itertools.combinations(body.answers, length)]


@cache
def part(question: str, answer: Answer) -> Sum:
    """What one answer adds."""
    if answer in (UNSURE, ()):
        return Sum()
    words = answer if isinstance(answer, tuple) else (answer,)
    given = [RUBRIC.questions[question].answers[word].points for word in words]
    total: Triple = tuple(  # type: ignore[assignment]
        sum(points.get(each, 0) for points in given) for each in FRAMEWORKS
    )
    known = total if question == RUBRIC.tie_break else (0, 0, 0)
    return Sum(total, known, 2 if question == "purpose" else 1, any(given))


@cache
def without(question: str | None = None) -> Counter[Sum]:
    """Every sum of the answers to the other questions, with the number of states that have it."""
    sums = Counter({Sum(): 1})
    for other in RUBRIC.questions:
        if other != question:
            step = Counter(part(other, answer) for answer in answers(other))
            grown: Counter[Sum] = Counter()
            for (before, many), (more, times) in itertools.product(sums.items(), step.items()):
                grown[before + more] += many * times
            sums = grown
    return sums


@cache
def recommended(state: Sum) -> str | None:
    """The framework that a sum recommends, by the program's own rule."""
    if state.answered < 2 or not state.weighty:
        return None
    total, known = (
        dict(zip(FRAMEWORKS, map(float, points), strict=True))
        for points in (state.total, state.known)
    )
    return verdict(RUBRIC, total, known, FRAMEWORKS).recommended
