"""A second reading of the rubric, written from its description alone: slow, plain, and sharing no code.

It reads the data file by itself, adds up points in loops, and tries every change by hand.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import scaffold

State = Mapping[str, Any]  # question to answer, or to a list of them
DATA: dict[str, Any] = yaml.safe_load(
    (Path(scaffold.__file__).parent / "advisor" / "rubric.yml").read_text(encoding="utf-8")
)
QUESTIONS: dict[str, Any] = DATA["questions"]
# The fixed order of the last resort: the easiest to learn first.
EASIEST = ["flask", "fastapi", "django"]


def answers_to(state: State, question: str) -> list[str]:
    """What was answered to a question, as a list; "unsure" is nothing."""
    given = state.get(question)
    if given is None or given == "unsure":
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def points(state: State, framework: str, only: str | None = None) -> int:
    """The points of a framework."""
    total = 0
    for question in QUESTIONS:
        if only is None or question == only:
            for answer in answers_to(state, question):
                total += QUESTIONS[question]["answers"][answer].get("points", {}).get(framework, 0)
    return total


def is_enough(state: State) -> bool:
    """A purpose, or two answered questions; and a point somewhere."""
    answered = [question for question in QUESTIONS if answers_to(state, question)]
    if "purpose" not in answered and len(answered) < 2:
        return False
    return any(
        QUESTIONS[question]["answers"][answer].get("points")
        for question in answered
        for answer in answers_to(state, question)
    )


def best(state: State, out: frozenset[str] = frozenset()) -> str | None:
    """The framework to recommend."""
    if not is_enough(state):
        return None
    left = [framework for framework in EASIEST if framework not in out]
    top = max(points(state, framework) for framework in left)
    candidates = [each for each in left if top - points(state, each) < 1.5]
    measures = [
        {each: points(state, each, "team") for each in left},
        {each: points(state, each) for each in left},
        {each: -EASIEST.index(each) for each in left},
    ]
    for measure in measures:
        most = max(measure[each] for each in candidates)
        candidates = [each for each in candidates if measure[each] == most]
    (winner,) = candidates
    return winner


def all_flips(state: State, out: frozenset[str] = frozenset()) -> list[tuple[str, Any, str]]:
    """Every single change that gives another framework: question, new answer, framework."""
    now = best(state, out)
    found = []
    for question, body in QUESTIONS.items():
        before = answers_to(state, question)
        changes: list[Any]
        if body.get("several"):
            changes = [
                [other for other in body["answers"] if (other in before) != (other == member)]
                for member in body["answers"]
            ]
        else:
            changes = [each for each in [*body["answers"], "unsure"] if [each] != before]
            if not before:
                changes.remove("unsure")
        for change in changes:
            result = best({**state, question: change}, out)
            if result is not None and result != now:
                found.append((question, change, result))
    return found
