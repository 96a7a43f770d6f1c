"""Which questions the framework can still hang on, whatever else is answered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scaffold.advisor.changes import changed, every
from scaffold.advisor.rubric import Given, Question, Rubric
from scaffold.advisor.scores import ENOUGH, substance, verdict

# Room for a sum of points in a packed number, its sign included.
_BITS = 16
_HALF = 1 << _BITS - 1


class _Grounds(NamedTuple):
    """How much some answers give to go by, and whether a point is among it."""

    substance: int
    weighty: bool


# All that a recommendation depends on, for several sets of answers at once: by how much each
# framework leads the first, and leads it in the tie-breaking question, packed into one number, so
# that to add answers is to add numbers.
_Sums = Mapping[_Grounds, set[int]]


def matters(
    rubric: Rubric, settled: Given, open_after: list[str], question: Question, left: list[str]
) -> bool:
    """Return whether the framework can still hang on a question.

    It does if, for some answers to the questions that are `open_after` it, two answers to it give
    two frameworks. Only sums are compared, each once, so that all the answers can be gone through.
    """
    sums = _sums(rubric, [settled])
    for each in open_after:
        sums = _added(sums, _answers(rubric, rubric.questions[each]))
    answers = [
        (grounds, step) for grounds, steps in _answers(rubric, question).items() for step in steps
    ]
    found: dict[tuple[_Grounds, int], str | None] = {}

    def recommended(grounds: _Grounds, packed: int) -> str | None:
        key = grounds, packed
        if key not in found:
            found[key] = _recommended(rubric, grounds, packed, left)
        return found[key]

    return any(
        len({recommended(_both(before, more), each + step) for more, step in answers}) > 1
        for before, packed in sums.items()
        for each in packed
    )


def _answers(rubric: Rubric, question: Question) -> _Sums:
    return _sums(rubric, (changed({}, question, answer) for answer in every(question)))


def _sums(rubric: Rubric, alternatives: Iterable[Given]) -> _Sums:
    sums = defaultdict(set)
    for given in alternatives:
        total = dict.fromkeys(rubric.frameworks, 0)
        known = dict(total)
        weighty = False
        for question, _, weight in rubric.weights(given):
            for framework, points in weight.points.items():
                total[framework] += points
                known[framework] += points * (question.id == rubric.tie_break)
            weighty = weighty or bool(weight.points)
        packed = _packed([*_leads(total), *_leads(known)])
        sums[_Grounds(substance(given), weighty)].add(packed)
    return sums


def _leads(points: dict[str, int]) -> list[int]:
    first, *others = points.values()
    return [each - first for each in others]


def _packed(numbers: list[int]) -> int:
    return sum(each << _BITS * place for place, each in enumerate(numbers))


def _unpacked(packed: int, length: int) -> list[int]:
    numbers = []
    for _ in range(length):
        number = (packed + _HALF) % (2 * _HALF) - _HALF
        packed = (packed - number) >> _BITS
        numbers.append(number)
    return numbers


def _both(one: _Grounds, other: _Grounds) -> _Grounds:
    return _Grounds(min(ENOUGH, one.substance + other.substance), one.weighty or other.weighty)


def _added(sums: _Sums, answers: _Sums) -> _Sums:
    result = defaultdict(set)
    for before, packed in sums.items():
        for more, steps in answers.items():
            for step in steps:
                result[_both(before, more)].update([each + step for each in packed])
    return result


def _recommended(rubric: Rubric, grounds: _Grounds, packed: int, left: list[str]) -> str | None:
    if grounds.substance < ENOUGH or not grounds.weighty:
        return None
    others = len(rubric.frameworks) - 1
    leads = _unpacked(packed, 2 * others)
    total, known = (
        dict(zip(rubric.frameworks, (0, *each), strict=True))
        for each in (leads[:others], leads[others:])
    )
    return verdict(rubric, total, known, left).recommended
