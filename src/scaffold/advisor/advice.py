"""The recommendation: the framework with its reasons, what speaks against it, and what would change it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from scaffold.advisor import changes
from scaffold.advisor.rubric import Given, Remark, Rubric, meets
from scaffold.advisor.scores import enough, scores, verdict


class Reason(NamedTuple):
    """What one answer contributed."""

    question: str
    answer: str
    points: Mapping[str, int]
    why: str
    source: str


class Pair(NamedTuple):
    """Two frameworks side by side, with the parts that each would do."""

    parts: Mapping[str, tuple[str, ...]]
    why: str
    source: str


class Default(NamedTuple):
    """An option of the skeleton that an answer chooses."""

    option: str
    value: Any
    question: str
    answer: str

    @property
    def cause(self) -> str:
        """Which answer it is, as prompts name it."""
        return f"{self.question}: {self.answer}"


class Recommendation(NamedTuple):
    """What the answers come to; a framework that is ruled out keeps its score and its reason.

    `lacking` are the defaults that a skeleton does not have, as cautions.
    """

    rubric: int
    given: Given
    near: tuple[str, ...]
    runner_up: str | None
    margin: float | None
    scores: Mapping[str, float]
    ruled_out: Mapping[str, str]
    reasons: tuple[Reason, ...]
    cautions: tuple[Remark, ...]
    consequences: tuple[Remark, ...]
    flips: tuple[changes.Flip, ...]
    hybrid: Pair | None
    defaults: tuple[Default, ...]
    lacking: tuple[Remark, ...] = ()

    @property
    def recommended(self) -> str:
        """The framework."""
        return self.near[0]

    @property
    def too_close(self) -> bool:
        """Whether another framework's score is too close to this one's to tell them apart."""
        return len(self.near) > 1


def recommend(
    rubric: Rubric, given: Given, ruled_out: Mapping[str, str] | None = None
) -> Recommendation | None:
    """Return what the answers recommend, or None if they are too few (see `missing`).

    `ruled_out` says of frameworks that cannot be used why; it never holds all of them.
    """
    if not enough(rubric, given):
        return None
    ruled_out = ruled_out or {}
    left = remaining(rubric, ruled_out)
    total = scores(rubric, given)
    found = verdict(rubric, total, scores(rubric, given, rubric.tie_break), left)
    framework = found.recommended
    return Recommendation(
        rubric=rubric.version,
        given=given,
        near=found.near,
        runner_up=found.runner_up,
        margin=found.margin,
        scores=total,
        ruled_out=ruled_out,
        reasons=tuple(
            Reason(question.id, answer, weight.points, weight.why, weight.source)
            for question, answer, weight in rubric.weights(given)
            if weight.points
        ),
        cautions=_said(rubric.cautions, framework, given),
        consequences=_said(rubric.consequences[framework], framework, given),
        flips=tuple(changes.flips(rubric, given, left)),
        hybrid=_hybrid(rubric, given, framework, left),
        defaults=_defaults(rubric, given),
    )


def remaining(rubric: Rubric, ruled_out: Mapping[str, str]) -> list[str]:
    """Return the frameworks that can be used."""
    return [framework for framework in rubric.frameworks if framework not in ruled_out]


def missing(rubric: Rubric, given: Given) -> list[str]:
    """Return the questions that are open."""
    return [question for question in rubric.questions if not given.get(question)]


def _said(remarks: Iterable[Remark], framework: str, given: Given) -> tuple[Remark, ...]:
    return tuple(remark for remark in remarks if remark.holds(framework, given))


def _hybrid(rubric: Rubric, given: Given, framework: str, left: list[str]) -> Pair | None:
    rule = rubric.hybrid
    if any(meets(given, question, some) for question, some in rule.never.items()):
        return None
    pull = dict.fromkeys(left, 0)
    parts: dict[str, list[str]] = {each: [] for each in left}
    for _, _, weight in rubric.weights(given):
        for each in left:
            points = weight.points.get(each, 0)
            if weight.part and points > 0:
                pull[each] += points
                if weight.part not in parts[each]:
                    parts[each].append(weight.part)
    others = [each for each in left if each != framework]
    second = max(others, key=lambda each: pull[each], default=framework)
    if second == framework or min(pull[framework], pull[second]) < rule.pull:
        return None
    named = {each: tuple(parts[each]) for each in (framework, second)}
    return Pair(named, rule.why, rule.source)


def _defaults(rubric: Rubric, given: Given) -> tuple[Default, ...]:
    chosen = {
        option: Default(option, value, question.id, answer)
        for question, answer, weight in rubric.weights(given)
        for option, value in weight.sets.items()
    }
    return tuple(chosen.values())
