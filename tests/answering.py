"""What may be answered to the questions of `copier.yml`, told from the file itself and not by the program."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2 import meta

ROOT = Path(__file__).resolve().parent.parent

Answers = Mapping[str, Any]
Value = Any  # a choice's value, a yes or no, or a tuple of choices where several may be picked
NOT_ASKED: Value = None
# Texts that are options: without a value they add nothing.
TEXT_OPTIONS = {"legacy_mount": ["", "wsgiref.simple_server:demo_app"]}


@cache
def catalogue() -> dict[str, Any]:
    """`copier.yml` as it is written."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return loaded


def questions() -> dict[str, dict[str, Any]]:
    """Every question and hidden fact, in the order in which they are asked."""
    return {name: body for name, body in catalogue().items() if not name.startswith("_")}


def frameworks() -> list[str]:
    """The frameworks that have a skeleton."""
    return list(_choices(questions()["framework"]))


def render(text: str, answers: Answers) -> str:
    """`text` as Copier renders it with these answers."""
    return _compiled(text).render(answers)


def facts(answers: Answers) -> dict[str, Any]:
    """What the hidden questions come to."""
    known: dict[str, Any] = dict(answers)
    for name, body in questions().items():
        if body.get("when") is False:
            text = render(str(body["default"]), known)
            known[name] = text == "True" if body["type"] == "bool" else text
    return {name: value for name, value in known.items() if name not in answers}


@cache
def values() -> dict[str, list[Value]]:
    """Every question with choices, and what may come of it: an answer, or that it is not asked."""
    found: dict[str, list[Value]] = {}
    for name, body in questions().items():
        if body.get("when") is False:
            continue
        if body["type"] == "bool":
            found[name] = sorted([True, False], key=lambda value: value != body["default"])
        elif "choices" in body:
            plain = list(_choices(body))
            lengths = range(len(plain) + 1) if body.get("multiselect") else ()
            several = [picked for length in lengths for picked in combinations(plain, length)]
            found[name] = several or plain
        elif name in TEXT_OPTIONS:
            found[name] = list(TEXT_OPTIONS[name])
        if name in found and "when" in body:
            found[name].append(NOT_ASKED)
    return found


def first(
    possible: Mapping[str, list[Value]],
    known: dict[str, Value],
    gain: Callable[[dict[str, Value]], int] = lambda _: 0,
) -> dict[str, Value]:
    """The first complete row that keeps `known` and has nothing refused, trying the largest gain first."""
    if _refused(known):
        return {}
    missing = next((name for name in possible if name not in known), None)
    if missing is None:
        return known
    rows = ({**known, missing: value} for value in possible[missing])
    for row in sorted(rows, key=lambda row: -gain(row)):
        if complete := first(possible, row, gain):
            return complete
    return {}


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=False,
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(ROOT),
    )


@cache
def _compiled(text: str) -> jinja2.Template:
    return _environment().from_string(text)


@cache
def _conditions() -> dict[str, tuple[str, dict[Value, str]]]:
    """When each question is asked, and the validator of each of its choices."""
    return {
        name: (str(questions()[name].get("when", True)), _choices(questions()[name]))
        for name in values()
    }


def _choices(question: Mapping[str, Any]) -> dict[Value, str]:
    """Value and validator of each choice."""
    listed = question.get("choices", {})
    pairs: Iterable[tuple[Any, Any]] = (
        listed.items() if isinstance(listed, dict) else ((c, c) for c in listed)
    )
    return {
        (choice["value"] if isinstance(choice, dict) else choice): (
            choice.get("validator", "") if isinstance(choice, dict) else ""
        )
        for _, choice in pairs
    }


def _refused(known: Mapping[str, Value]) -> bool:
    """Whether an answer rules another out; what cannot be told yet is not refused."""
    return any(
        _rules_out(
            name, value, frozenset((each, known[each]) for each in _needs(name) & known.keys())
        )
        for name, value in known.items()
    )


@cache
def _needs(name: str) -> frozenset[str]:
    """The answers on which it hangs whether a question is asked, and which of its choices are refused."""
    when, validators = _conditions()[name]
    text = "".join([when, *validators.values()])
    return frozenset(meta.find_undeclared_variables(_environment().parse(text)))


@cache
def _rules_out(name: str, value: Value, known: frozenset[tuple[str, Value]]) -> bool:
    answers = dict(known)
    when, validators = _conditions()[name]
    try:
        if (render(when, answers) == "True") != (value is not NOT_ASKED):
            return True
    except jinja2.UndefinedError:
        return False
    for picked in value if isinstance(value, tuple) else (value,):
        validator = validators.get(picked, "")
        try:
            if validator and render(validator, answers).strip():
                return True
        except jinja2.UndefinedError:
            continue
    return False
