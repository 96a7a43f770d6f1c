"""The only list of projects that are rendered: everything on, everything off, and a pairwise set.

It is computed from the catalogue, so that a new option or choice joins by itself, and it is the same in every run.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from answering import (
    NOT_ASKED,
    TEXT_OPTIONS,
    Answers,
    Value,
    facts,
    first,
    frameworks,
    values,
)
from pairwise import Row, pairwise

# Ordinary, as short and as long as allowed (the length of a name moves line breaks), and full of other
# languages' syntax.
TEXTS: tuple[dict[str, str], ...] = (
    {
        "project_name": "Corner Shop",
        "package_name": "corner_shop",
        "description": "Sells what the neighbourhood needs",
        "author_name": "Ada Example",
        "author_email": "ada@example.com",
    },
    {
        "project_name": "X",
        "package_name": "x",
        "description": 'He said "hi" to {{ 7*7 }}: a # b',
        "author_name": "",
        "author_email": "",
    },
    {
        "project_name": "N" * 80,
        "package_name": "a_package_name_of_thirty_chars",
        "description": '\\d \'q\' """ <b>&amp; $(true) `x` *y* ünï 漢字 ' + "d" * 150,
        "author_name": "Zoë O'Brien \\ <zoe>",
        "author_email": "zoe.obrien@example.co.uk",
    },
)


@dataclass(frozen=True)
class Combination:
    """One project: its name in test ids, the answers that make it, and the facts that follow from them."""

    name: str
    answers: Answers
    facts: Mapping[str, Any]

    @property
    def package(self) -> str:
        """The import package's name."""
        return str(self.answers["package_name"])

    @property
    def framework(self) -> str:
        """The web framework."""
        return str(self.answers["framework"])

    def __str__(self) -> str:
        return self.name


def combination(
    choices: Mapping[str, Value], texts: Mapping[str, str] = TEXTS[0], name: str = ""
) -> Combination:
    """The project that these choices make; a tuple stands for a list, and what is not asked is no answer."""
    chosen = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in choices.items()
        if value is not NOT_ASKED
    }
    answers = {**texts, **chosen}
    words = (word(key, value) for key, value in chosen.items())
    return Combination(name or "_".join(words), answers, facts(answers))


def most(**chosen: Value) -> Row:
    """As many parts as go with what is chosen, every list full; nothing if nothing does."""
    several_first = sorted(values().items(), key=lambda item: not isinstance(item[1][0], tuple))
    return first(
        {key: sorted(each, key=lambda value: -weight(value)) for key, each in several_first}, chosen
    )


def least(**chosen: Value) -> Row:
    """As few parts as go with what is chosen; nothing if nothing does."""
    return first({key: sorted(each, key=weight) for key, each in values().items()}, chosen)


def all_on(framework: str) -> Combination:
    """As many parts as fit together: every list full, nothing refused."""
    return combination(ordered(most(framework=framework)), name=f"{framework}-all-on")


def all_off(framework: str) -> Combination:
    """As few parts as possible."""
    return combination(ordered(least(framework=framework)), name=f"{framework}-all-off")


@cache
def ends() -> tuple[Combination, ...]:
    """The most and the least of each framework."""
    return tuple(end(framework) for framework in frameworks() for end in (all_on, all_off))


@cache
def everything() -> tuple[Combination, ...]:
    """The whole list; the pairwise rows take turns with the texts."""
    texts = itertools.cycle(TEXTS)
    # Whatever is asked later hangs on more: fixed first, it leaves fewer rows than in the order of asking.
    late_first = ["framework", *(name for name in reversed(values()) if name != "framework")]
    rows = pairwise({name: values()[name] for name in late_first})
    return (*ends(), *(combination(ordered(row), next(texts)) for row in rows))


def ordered(row: Row) -> Row:
    """In the order of asking."""
    return {name: row[name] for name in values()}


def weight(value: Value) -> int:
    """How much of a project a choice adds."""
    return len(value) if isinstance(value, tuple) else int(value not in ("none", "", False))


def word(name: str, value: Value) -> str:
    """A choice in a test's id."""
    if value == "none":
        return f"no-{name}"
    if isinstance(value, bool) or name in TEXT_OPTIONS:
        return name if value else f"no-{name}"
    return ("+".join(value) or "none") if isinstance(value, list) else str(value)
