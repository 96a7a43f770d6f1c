"""The scores of the frameworks, and which of them they recommend."""

from collections.abc import Mapping
from typing import NamedTuple

from scaffold.advisor.rubric import Given, Rubric

ENOUGH = 2


class Verdict(NamedTuple):
    """Where the scores point: `near` are those too close to tell apart, the one to recommend first.

    `margin` is the best minus the second, None where one is left.
    """

    near: tuple[str, ...]
    runner_up: str | None
    margin: float | None

    @property
    def recommended(self) -> str:
        """The framework to take."""
        return self.near[0]


def scores(rubric: Rubric, given: Given, *questions: str) -> dict[str, float]:
    """Return the sum of each framework's points, of all the questions or only of those named."""
    total = dict.fromkeys(rubric.frameworks, 0.0)
    for question, _, weight in rubric.weights(given):
        if not questions or question.id in questions:
            for framework, points in weight.points.items():
                total[framework] += points
    return total


def substance(given: Given) -> int:
    """Return how much there is to go by, up to `ENOUGH`: a purpose is as good as two answers."""
    return ENOUGH if "purpose" in given else min(ENOUGH, sum(map(bool, given.values())))


def enough(rubric: Rubric, given: Given) -> bool:
    """Return whether the answers suffice for a recommendation; none without points does."""
    return substance(given) == ENOUGH and any(
        weight.points for _, _, weight in rubric.weights(given)
    )


def verdict(
    rubric: Rubric, total: Mapping[str, float], known: Mapping[str, float], left: list[str]
) -> Verdict:
    """Return the framework to recommend of those `left`.

    Among those within `thin` of the best the points of the tie-breaking question, `known`, decide,
    then the scores, then which is the easiest to learn.
    """
    order = list(rubric.frameworks)
    ranked = sorted(left, key=lambda each: (-total[each], order.index(each)))
    best = total[ranked[0]]
    close = [each for each in ranked if best - total[each] < rubric.thin]
    near = sorted(close, key=lambda each: -known[each])
    return Verdict(
        near=tuple(near),
        runner_up=next((each for each in ranked if each != near[0]), None),
        margin=best - total[ranked[1]] if len(ranked) > 1 else None,
    )


def recommended(rubric: Rubric, given: Given, left: list[str]) -> str | None:
    """Return the framework that the answers recommend, or None where there is too little to go by."""
    if not enough(rubric, given):
        return None
    known = scores(rubric, given, rubric.tie_break)
    return verdict(rubric, scores(rubric, given), known, left).recommended
