"""The only list of projects: everything on, everything off, and a pairwise set.

It is computed from the catalogue, so that a new option or choice joins by itself, and it is the same in every run.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from answering import NOT_ASKED, TEXT_OPTIONS, Answers, Value, facts, first, frameworks, values

Pair = frozenset[tuple[str, Value]]

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
    words = (_word(key, value) for key, value in chosen.items())
    return Combination(name or "_".join(words), answers, facts(answers))


def all_on(framework: str) -> Combination:
    """As many parts as fit together: every list full, nothing refused."""
    several_first = sorted(values().items(), key=lambda item: not isinstance(item[1][0], tuple))
    most = {key: sorted(each, key=lambda value: -_weight(value)) for key, each in several_first}
    return combination(_ordered(first(most, {"framework": framework})), name=f"{framework}-all-on")


def all_off(framework: str) -> Combination:
    """As few parts as possible."""
    least = {key: sorted(each, key=_weight) for key, each in values().items()}
    return combination(
        _ordered(first(least, {"framework": framework})), name=f"{framework}-all-off"
    )


@cache
def ends() -> tuple[Combination, ...]:
    """The most and the least of each framework."""
    return tuple(end(framework) for framework in frameworks() for end in (all_on, all_off))


@cache
def everything() -> tuple[Combination, ...]:
    """The whole list; the pairwise rows take turns with the texts."""
    texts = itertools.cycle(TEXTS)
    return (*ends(), *(combination(row, next(texts)) for row in pairwise()))


@cache
def chosen() -> tuple[Combination, ...]:
    """The few that are installed, tested, served and called: each framework and database once."""
    return (
        _served("fastapi", "sqlite", auth="jwt", server="granian"),
        _served(
            *("django", "sqlite", "3.12"),
            auth="jwt",
            api="ninja",
            admin=True,
            pages="htmx",
            server="gunicorn",
        ),
        _served(
            *("flask", "postgresql", "3.11"),
            auth="session",
            pages="none",
            server="gunicorn",
            legacy_mount="wsgiref.simple_server:demo_app",
        ),
    )


@cache
def wider() -> tuple[Combination, ...]:
    """Other pairings of the same, and newer Pythons."""
    return (
        _served("fastapi", "postgresql", auth="jwt", server="uvicorn"),
        _served("fastapi", "sqlite", auth="none", server="uvicorn"),
        _served("fastapi", "postgresql", auth="none", server="granian"),
        _served("fastapi", "sqlite", "3.12", auth="jwt", server="uvicorn"),
        _served("fastapi", "postgresql", "3.13", auth="jwt", server="granian"),
        _served("fastapi", "sqlite", "3.13", auth="none", server="granian"),
        _served("fastapi", "postgresql", "3.12", auth="none", server="uvicorn"),
        _served(
            *("django", "postgresql", "3.11"),
            auth="session",
            api="drf",
            admin=True,
            pages="none",
            server="granian",
        ),
        _served(
            *("django", "postgresql", "3.13"),
            auth="jwt",
            api="drf",
            admin=False,
            pages="none",
            server="gunicorn",
        ),
        _served("django", "sqlite", "3.12", auth="none", api="ninja", server="granian"),
        _served(
            *("django", "sqlite", "3.11"),
            auth="session",
            api="ninja",
            admin=False,
            pages="htmx",
            server="granian",
        ),
        _served("django", "postgresql", "3.12", auth="none", api="drf", server="granian"),
        _served("flask", "sqlite", "3.12", auth="jwt", pages="htmx", server="gunicorn"),
        _served("flask", "postgresql", "3.13", auth="jwt", pages="none", server="granian"),
        _served("flask", "sqlite", "3.11", auth="none", server="gunicorn"),
        _served("flask", "sqlite", "3.13", auth="session", pages="htmx", server="granian"),
    )


def pairwise() -> list[dict[str, Value]]:
    """Rows in which every two choices that fit together occur together."""
    # Whatever is asked later hangs on more: fixed first, it leaves fewer rows than in the order of asking.
    late_first = ["framework", *(name for name in reversed(values()) if name != "framework")]
    possible = {name: values()[name] for name in late_first}
    open_pairs = {
        frozenset([(a, x), (b, y)]): None
        for (a, xs), (b, ys) in itertools.combinations(possible.items(), 2)
        for x, y in itertools.product(xs, ys)
        if NOT_ASKED not in (x, y)
    }
    rows: list[dict[str, Value]] = []
    while open_pairs:
        seed = next(iter(open_pairs))
        row = first(
            possible, dict(seed), lambda known: sum(pair in open_pairs for pair in _pairs(known))
        )
        open_pairs.pop(seed)
        if row:
            rows.append(_ordered(row))
            for pair in _pairs(row):
                open_pairs.pop(pair, None)
    return rows


def _served(framework: str, database: str, python: str = "3.11", **wanted: Value) -> Combination:
    """The defaults with these choices."""
    named = {"framework": framework, "database": database, **wanted}
    fixed = {"python_version": python, "license": "MIT", "deploy": ("docker",)}
    row = first(values(), {**named, **fixed})
    words = [_word(name, value) for name, value in named.items()]
    return combination(_ordered(row), name="_".join([*words, python]))


def _pairs(row: Mapping[str, Value]) -> Iterable[Pair]:
    return map(frozenset, itertools.combinations(row.items(), 2))


def _ordered(row: Mapping[str, Value]) -> dict[str, Value]:
    return {name: row[name] for name in values()}


def _weight(value: Value) -> int:
    """How much of a project a choice adds."""
    return len(value) if isinstance(value, tuple) else int(value not in ("none", "", False))


def _word(name: str, value: Value) -> str:
    """A choice in a test's id."""
    if isinstance(value, bool) or name in TEXT_OPTIONS:
        return name if value else f"no-{name}"
    return ("+".join(value) or "none") if isinstance(value, list) else str(value)
