"""The only list of projects: everything on, everything off, and a pairwise set.

It is computed from the catalogue, so that a new option or choice joins by itself, and it is the same in every run.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

ROOT = Path(__file__).resolve().parent.parent

Answers = Mapping[str, Any]
Value = Any  # a choice's value, or a tuple of them where several may be picked
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

    def __str__(self) -> str:
        return self.name


@cache
def catalogue() -> dict[str, Any]:
    """`copier.yml` as it is written."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return loaded


def questions() -> dict[str, dict[str, Any]]:
    """Every question and hidden fact, in the order in which they are asked."""
    return {name: body for name, body in catalogue().items() if not name.startswith("_")}


def render(text: str, answers: Answers) -> str:
    """`text` as Copier renders it with these answers."""
    return _environment().from_string(text).render(answers)


def facts(answers: Answers) -> dict[str, Any]:
    """What the hidden questions come to."""
    known: dict[str, Any] = dict(answers)
    for name, body in questions().items():
        if body.get("when") is False:
            text = render(str(body["default"]), known)
            known[name] = text == "True" if body["type"] == "bool" else text
    return {name: value for name, value in known.items() if name not in answers}


def combination(
    choices: Mapping[str, Value], texts: Mapping[str, str] = TEXTS[0], name: str = ""
) -> Combination:
    """The project that these choices make; a tuple stands for a list."""
    chosen = {
        key: list(value) if isinstance(value, tuple) else value for key, value in choices.items()
    }
    answers = {**texts, **chosen}
    words = (
        "+".join(value) or "none" if isinstance(value, list) else str(value)
        for value in chosen.values()
    )
    return Combination(name or "_".join(words), answers, facts(answers))


def all_on() -> Combination:
    """As many parts as fit together: every list full, nothing refused."""
    several_first = sorted(_values().items(), key=lambda item: not isinstance(item[1][0], tuple))
    most = {key: sorted(values, key=lambda value: -_weight(value)) for key, values in several_first}
    return combination(_ordered(_first(most, {})), name="all-on")


def all_off() -> Combination:
    """As few parts as possible."""
    least = {key: sorted(values, key=_weight) for key, values in _values().items()}
    return combination(_ordered(_first(least, {})), name="all-off")


@cache
def everything() -> tuple[Combination, ...]:
    """The whole list; the pairwise rows take turns with the texts."""
    texts = itertools.cycle(TEXTS)
    return (all_on(), all_off(), *(combination(row, next(texts)) for row in pairwise()))


@cache
def chosen() -> tuple[Combination, ...]:
    """The few that are installed, tested, served and called: each database, door and server in both states."""
    rows = (
        {"database": "sqlite", "auth": "jwt", "server": "granian"},
        {"database": "postgresql", "auth": "jwt", "server": "uvicorn"},
        {"database": "sqlite", "auth": "none", "server": "uvicorn"},
        {"database": "postgresql", "auth": "none", "server": "granian"},
    )
    return tuple(_served(row) for row in rows)


@cache
def wider() -> tuple[Combination, ...]:
    """The other pairings of database, door and server, and newer Pythons."""
    rows = (
        {"database": "sqlite", "auth": "jwt", "server": "uvicorn", "python_version": "3.12"},
        {"database": "postgresql", "auth": "jwt", "server": "granian", "python_version": "3.13"},
        {"database": "sqlite", "auth": "none", "server": "granian", "python_version": "3.13"},
        {"database": "postgresql", "auth": "none", "server": "uvicorn", "python_version": "3.12"},
    )
    return tuple(_served(row) for row in rows)


def pairwise() -> list[dict[str, Value]]:
    """Rows in which every two choices that fit together occur together."""
    values = _values()
    open_pairs = {
        frozenset([(a, x), (b, y)]): None
        for (a, xs), (b, ys) in itertools.combinations(values.items(), 2)
        for x, y in itertools.product(xs, ys)
    }
    rows: list[dict[str, Value]] = []
    while open_pairs:
        seed = next(iter(open_pairs))
        row = _first(
            values, dict(seed), lambda known: sum(pair in open_pairs for pair in _pairs(known))
        )
        open_pairs.pop(seed)
        if row:
            rows.append(_ordered(row))
            for pair in _pairs(row):
                open_pairs.pop(pair, None)
    return rows


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=False,
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(ROOT),
    )


@cache
def _values() -> dict[str, list[Value]]:
    """Every question with choices, and what may be answered to it."""
    found: dict[str, list[Value]] = {}
    for name, body in questions().items():
        if "choices" in body:
            plain = list(_choices(body))
            lengths = range(len(plain) + 1)
            several = [
                picked for length in lengths for picked in itertools.combinations(plain, length)
            ]
            found[name] = several if body.get("multiselect") else plain
    return found


def _choices(question: Mapping[str, Any]) -> dict[Value, str]:
    """Value and validator of each choice."""
    listed = question["choices"]
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
    for name, value in known.items():
        validators = _choices(questions()[name])
        for picked in value if isinstance(value, tuple) else (value,):
            try:
                if render(validators[picked], known).strip():
                    return True
            except jinja2.UndefinedError:
                continue
    return False


def _first(
    values: Mapping[str, list[Value]],
    known: dict[str, Value],
    gain: Callable[[dict[str, Value]], int] = lambda _: 0,
) -> dict[str, Value]:
    """The first complete row that keeps `known` and has nothing refused, trying the largest gain first."""
    if _refused(known):
        return {}
    missing = next((name for name in values if name not in known), None)
    if missing is None:
        return known
    rows = ({**known, missing: value} for value in values[missing])
    for row in sorted(rows, key=lambda row: -gain(row)):
        if complete := _first(values, row, gain):
            return complete
    return {}


def _served(wanted: dict[str, Value]) -> Combination:
    """The defaults with these choices."""
    row = _first(
        _values(), {**wanted, "framework": "fastapi", "license": "MIT", "deploy": ("docker",)}
    )
    name = "_".join(wanted.values())
    return combination(_ordered(row), name=name)


def _pairs(row: Mapping[str, Value]) -> Iterable[Pair]:
    return map(frozenset, itertools.combinations(row.items(), 2))


def _ordered(row: Mapping[str, Value]) -> dict[str, Value]:
    return {name: row[name] for name in _values()}


def _weight(value: Value) -> int:
    """How much of a project a choice adds."""
    return len(value) if isinstance(value, tuple) else int(value != "none")
