"""The rubric as values: every question, every weight with its reason, and what is advised beside them.

Named tuples, here and in what stands on it: to define one takes a sixth of what a dataclass takes, and
there are more of them than a quick answer has time for.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

UNSURE = "unsure"

Points = Mapping[str, int]
# What was answered, by question: one answer, or a tuple where there can be several; never "unsure".
Given = Mapping[str, str | tuple[str, ...]]
Conditions = Mapping[str, tuple[str, ...]]
_NONE: Conditions = {}


class Weight(NamedTuple):
    """One answer: what it says for and against each framework, and what follows from it.

    `source` is the section of the article that the points rest on, `part` what the answer asks for
    that one framework could do beside another, `sets` the skeleton's options that it chooses.
    """

    title: str
    points: Points
    why: str
    source: str
    part: str
    prefills: Mapping[str, str]
    sets: Mapping[str, Any]


class Question(NamedTuple):
    """One question of the interview, its answers in the order in which they are shown."""

    id: str
    asks: str
    several: bool
    answers: Mapping[str, Weight]

    @property
    def possible(self) -> tuple[str, ...]:
        """Every answer that can be given."""
        return (*self.answers, *(() if self.several else (UNSURE,)))

    @property
    def sets_defaults(self) -> bool:
        """Whether an answer to it chooses an option of the skeleton."""
        return any(weight.sets for weight in self.answers.values())


class Remark(NamedTuple):
    """A sentence with its source, said where the answers meet its conditions."""

    why: str
    source: str
    recommended: tuple[str, ...] = ()
    when: Conditions = _NONE
    unless: Conditions = _NONE

    def holds(self, recommended: str, given: Given) -> bool:
        """Return whether it is to be said of this framework after these answers."""
        return (
            (not self.recommended or recommended in self.recommended)
            and all(meets(given, question, some) for question, some in self.when.items())
            and not any(meets(given, question, some) for question, some in self.unless.items())
        )


class Hybrid(NamedTuple):
    """When two frameworks side by side are advised."""

    pull: int
    never: Conditions
    why: str
    source: str


class Rubric(NamedTuple):
    """All of it; `frameworks` are titles by id, in the order in which they are learnt most easily."""

    version: int
    thin: float
    frameworks: Mapping[str, str]
    tie_break: str
    questions: Mapping[str, Question]
    cautions: tuple[Remark, ...]
    consequences: Mapping[str, tuple[Remark, ...]]
    hybrid: Hybrid

    def weights(self, given: Given) -> list[tuple[Question, str, Weight]]:
        """Return each answer that was given, with its question and its weight."""
        return [
            (question, answer, question.answers[answer])
            for question in self.questions.values()
            for answer in several(given.get(question.id, ()))
        ]


def several(answer: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the answers to a question, however many it takes."""
    return answer if isinstance(answer, tuple) else (answer,)


def meets(given: Given, question: str, some: tuple[str, ...]) -> bool:
    """Return whether one of some answers was given to a question."""
    return any(answer in some for answer in several(given.get(question, ())))


@cache
def load() -> Rubric:
    """Read the rubric that came with the program."""
    text = Path(__file__).with_name("rubric.yml").read_text(encoding="utf-8")
    return parse(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def parse(data: Mapping[str, Any]) -> Rubric:
    """Return the rubric that the data of its file describes."""
    return Rubric(
        version=data["version"],
        thin=data["thin"],
        frameworks=data["frameworks"],
        tie_break=data["tie_break"],
        questions={id: _question(id, body) for id, body in data["questions"].items()},
        cautions=tuple(map(_remark, data["cautions"])),
        consequences={id: tuple(map(_remark, said)) for id, said in data["consequences"].items()},
        hybrid=Hybrid(**{**data["hybrid"], "never": _conditions(data["hybrid"]["never"])}),
    )


def _question(id: str, body: Mapping[str, Any]) -> Question:
    answers = {name: _weight(data) for name, data in body["answers"].items()}
    return Question(id, body["asks"], body.get("several", False), answers)


def _weight(data: Mapping[str, Any]) -> Weight:
    return Weight(
        title=data["title"],
        points=data.get("points", {}),
        why=data.get("why", ""),
        source=data.get("source", ""),
        part=data.get("part", ""),
        prefills=data.get("prefills", {}),
        sets=data.get("sets", {}),
    )


def _remark(data: Mapping[str, Any]) -> Remark:
    return Remark(
        why=data["why"],
        source=data["source"],
        recommended=tuple(data.get("recommended", ())),
        when=_conditions(data.get("when", {})),
        unless=_conditions(data.get("unless", {})),
    )


def _conditions(data: Mapping[str, list[str]]) -> Conditions:
    return {question: tuple(answers) for question, answers in data.items()}
