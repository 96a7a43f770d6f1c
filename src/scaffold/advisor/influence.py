"""Which questions the framework can still hang on, whatever else is answered."""

from collections.abc import Iterator
from typing import NamedTuple

from scaffold.advisor.changes import changed, every
from scaffold.advisor.rubric import Given, Question, Rubric
from scaffold.advisor.scores import ENOUGH, substance, verdict


class _Sum(NamedTuple):
    """All that a recommendation depends on: by how much each framework leads the first, and if that is enough."""

    leads: tuple[int, ...]
    known: tuple[int, ...]
    substance: int
    weighty: bool


def matters(
    rubric: Rubric, settled: Given, open_after: list[str], question: Question, left: list[str]
) -> bool:
    """Return whether the framework can still hang on a question.

    It does if, for some answers to the questions that are `open_after` it, two answers to it give
    two frameworks. Only sums are compared, each once, so that all the answers can be gone through.
    """
    sums = {_sum(rubric, settled)}
    for each in open_after:
        steps = set(_steps(rubric, rubric.questions[each]))
        sums = {_added(before, step) for before in sums for step in steps}
    answers = set(_steps(rubric, question))
    found: dict[_Sum, str | None] = {}

    def recommended(state: _Sum) -> str | None:
        if state not in found:
            found[state] = _recommended(rubric, state, left)
        return found[state]

    return any(len({recommended(_added(before, each)) for each in answers}) > 1 for before in sums)


def _sum(rubric: Rubric, given: Given) -> _Sum:
    total = dict.fromkeys(rubric.frameworks, 0)
    known = dict(total)
    weighty = False
    for question, _, weight in rubric.weights(given):
        for framework, points in weight.points.items():
            total[framework] += points
            known[framework] += points * (question.id == rubric.tie_break)
        weighty = weighty or bool(weight.points)
    return _Sum(_leads(total), _leads(known), substance(given), weighty)


def _leads(points: dict[str, int]) -> tuple[int, ...]:
    first, *others = points.values()
    return tuple(each - first for each in others)


def _added(one: _Sum, other: _Sum) -> _Sum:
    return _Sum(
        tuple(map(int.__add__, one.leads, other.leads)),
        tuple(map(int.__add__, one.known, other.known)),
        min(ENOUGH, one.substance + other.substance),
        one.weighty or other.weighty,
    )


def _recommended(rubric: Rubric, state: _Sum, left: list[str]) -> str | None:
    if state.substance < ENOUGH or not state.weighty:
        return None
    total, known = (
        dict(zip(rubric.frameworks, (0, *leads), strict=True))
        for leads in (state.leads, state.known)
    )
    return verdict(rubric, total, known, left).recommended


def _steps(rubric: Rubric, question: Question) -> Iterator[_Sum]:
    for answer in every(question):
        yield _sum(rubric, changed({}, question, answer))
