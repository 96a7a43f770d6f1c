"""What the answers so far rule out: choices, by their validators, and whole options, by their `when`."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import yaml

from scaffold.catalogue import shape
from scaffold.catalogue.jinja import Expressions
from scaffold.catalogue.option import Answer, Answers, Choice, Option
from scaffold.catalogue.values import plain
from scaffold.errors import TemplateFailed

Alternatives = Callable[[str], list[Answer]]


def choices(
    option: Option,
    texts: Expressions,
    context: Mapping[str, Any],
    judged: Collection[str] | None = None,
) -> Iterator[Choice]:
    """Yield the choices; the reason against one only if it is `judged`, which all are by default."""
    listed = option.choices
    if isinstance(listed, str):
        listed = yaml.safe_load(texts.render(listed, context))
    for title, value in shape.choices(option.name, listed):
        reason = ""
        if isinstance(value, dict):
            if judged is None or str(value["value"]) in judged:
                reason = texts.render(value.get("validator") or "", context).strip()
            value = value["value"]
        yield Choice(str(texts.value(value, context)), texts.render(str(title), context), reason)


def beside(
    option: Option,
    answers: Answers,
    applies: Callable[[Answers], bool],
    alternatives: Alternatives,
) -> str:
    """Return which answers leave an option without sense, and what to answer instead.

    It tries the answers that the option's `when` names, one at a time; `alternatives` gives what
    else may be answered.
    """
    named = dict.fromkeys(re.findall(r"\w+", str(option.when)))
    spoken = [name for name in named if name in answers]
    ways = {
        name: [
            other
            for other in alternatives(name)
            if other != answers[name] and _may(applies, {**answers, name: other})
        ]
        for name in spoken
    }
    blamed = [name for name in spoken if ways[name]] or spoken
    with_ = " and ".join(f"{name}={plain(answers[name])}" for name in blamed)
    instead = " or ".join(f"{name}={plain(way)}" for name in blamed for way in ways[name])
    said = f"it does not apply with {with_ or 'the other answers'}"
    return f"{said}: it needs {instead}" if instead else said


def _may(applies: Callable[[Answers], bool], answers: Answers) -> bool:
    try:
        return applies(answers)
    except TemplateFailed:  # It hangs on an answer that is yet to come.
        return True
