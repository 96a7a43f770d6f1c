"""Which questions the framework can still hang on, whatever else is answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.advisor.changes import changed, every
from scaffold.advisor.rubric import Given, Question, Rubric
from scaffold.advisor.scores import ENOUGH, substance, verdict


def matters(
    rubric: Rubric, settled: Given, open_after: list[str], question: Question, left: list[str]
) -> bool:
    """Return whether the framework can still hang on a question.

    It does if, for some answers to the questions that are `open_after` it, two answers to it give
    two frameworks. Only sums are compared, each once, so that all the answers can be gone through.
    """
    sums = {_Sum.of(rubric, settled)}
    for each in open_after:
        steps = set(_steps(rubric, rubric.questions[each]))
        sums = {before.plus(step) for before in sums for step in steps}
    answers = set(_steps(rubric, question))
    for before in sums:
        if len({before.plus(each).recommended(rubric, left) for each in answers}) > 1:
            return True
    return False


@dataclass(frozen=True)
class _Sum:
    """All that a recommendation depends on: points, the tie-breaking ones too, and if there are enough."""

    total: tuple[int, ...]
    known: tuple[int, ...]
    substance: int
    weighty: bool

    @classmethod
    def of(cls, rubric: Rubric, given: Given) -> "_Sum":
        total = dict.fromkeys(rubric.frameworks, 0)
        known = dict(total)
        weighty = False
        for question, _, weight in rubric.weights(given):
            for framework, points in weight.points.items():
                total[framework] += points
                known[framework] += points * (question.id == rubric.tie_break)
            weighty = weighty or bool(weight.points)
        return cls(tuple(total.values()), tuple(known.values()), substance(given), weighty)

    def plus(self, other: "_Sum") -> "_Sum":
        return _Sum(
            tuple(a + b for a, b in zip(self.total, other.total, strict=True)),
            tuple(a + b for a, b in zip(self.known, other.known, strict=True)),
            min(ENOUGH, self.substance + other.substance),
            self.weighty or other.weighty,
        )

    def recommended(self, rubric: Rubric, left: list[str]) -> str | None:
        if self.substance < ENOUGH or not self.weighty:
            return None
        total = dict(zip(rubric.frameworks, self.total, strict=True))
        known = dict(zip(rubric.frameworks, self.known, strict=True))
        return verdict(rubric, total, known, left).recommended


def _steps(rubric: Rubric, question: Question) -> Iterator[_Sum]:
    for answer in every(question):
        yield _Sum.of(rubric, changed({}, question, answer))
