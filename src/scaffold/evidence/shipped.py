"""The evidence that ships: what was proven of our own template before a release, and with which versions.

`tests/evidence.py` writes the file, from a run that was green and left nothing out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

from scaffold.errors import ScaffoldError

_FILE = Path(__file__).with_name("proven.json")
NOT_YET = "not yet proven"

# An option with one of its values, as the command line takes it; a text is "given", or "none".
Choice = tuple[str, str]
Pair = frozenset[Choice]

_UNREADABLE = "the evidence that came with this build cannot be read"
# A map of any names is told by its one name "*", a name that may be missing by its "?".
_FORM = {
    "date": str,
    "version": str,
    "template": str,
    "tests": {"passed": int, "skipped": int},
    "rendered": {"projects": int, "pairs": int, "choices": {"*": [str]}},
    "served": {
        "options": [str],
        "pairs": int,
        "rows": [
            {
                "choices": {"framework": str, "*": str},
                "versions?": {"*": str},
                "reason?": str,
            }
        ],
    },
    "packages": {"*": [str]},
}


class Row:
    """A project that was installed, tested and served; one that was not has the reason for it.

    `versions` are those of what it ran on, under the name of the choice that brings it, Python's and those
    of the libraries that speak to a server.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take what the file has of it."""
        self.choices: Mapping[str, str] = data["choices"]
        self.versions: Mapping[str, str] = data.get("versions", {})
        self.reason: str = data.get("reason", "")

    @cached_property
    def picked(self) -> frozenset[Choice]:
        """Its choices one by one."""
        return picked(self.choices)

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """Each two of its choices."""
        return pairs(self.picked)


class Evidence:
    """What the file says: `date` of the run, `version` of the release and `template` as git names its tree."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take what the file has."""
        self.data = data
        self.date: str = data["date"]
        self.version: str = data["version"]
        self.template: str = data["template"]
        self.packages: Mapping[str, Sequence[str]] = data["packages"]
        self.rendered: Mapping[str, Sequence[str]] = data["rendered"]["choices"]
        self.options: Sequence[str] = data["served"]["options"]
        self.rows = [Row(each) for each in data["served"]["rows"]]

    def of(self, framework: str) -> "Evidence":
        """Return what it has of one framework's projects."""
        rows = [
            each
            for each in self.data["served"]["rows"]
            if each["choices"]["framework"] == framework
        ]
        return Evidence({**self.data, "served": {**self.data["served"], "rows": rows}})

    @property
    def served(self) -> list[Row]:
        """The projects that were served indeed."""
        return [row for row in self.rows if not row.reason]

    def unproven(self, choices: Iterable[Choice]) -> dict[Choice, str]:
        """Return which of these choices are not proven, and why."""
        return {each: lack for each in choices if (lack := self._lacks(each))}

    def _lacks(self, choice: Choice) -> str:
        """Return why a choice is not proven; nothing if it is."""
        name, value = choice
        if value not in self.rendered.get(name, ()):
            return NOT_YET
        if name not in self.options or any(choice in row.picked for row in self.served):
            return ""
        return next((row.reason for row in self.rows if choice in row.picked), NOT_YET)


def load() -> Evidence | None:
    """Return the evidence of this build, or None if it has none.

    Raises:
        ScaffoldError: if it cannot be read.
    """
    try:
        data = json.loads(_FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ScaffoldError(f"{_UNREADABLE}: {error}") from error
    if not _fits(data, _FORM):
        raise ScaffoldError(f"{_UNREADABLE}: it has another form")
    return Evidence(data)


def picked(choices: Mapping[str, str]) -> frozenset[Choice]:
    """Return choices one by one, those of a list too."""
    return frozenset((name, each) for name, value in choices.items() for each in value.split(","))


def pairs(choices: frozenset[Choice]) -> frozenset[Pair]:
    """Return each two choices of different options."""
    return frozenset(
        frozenset([one, other]) for one, other in combinations(choices, 2) if one[0] != other[0]
    )


def _fits(data: object, form: Any) -> bool:
    """Return whether data has a form: a type, a list with the form of its items, or a map of forms."""
    if isinstance(form, list):
        return isinstance(data, list) and all(_fits(each, form[0]) for each in data)
    if not isinstance(form, dict):
        return isinstance(data, form)
    if not isinstance(data, dict):
        return False
    for name, inner in form.items():
        key = name.removesuffix("?")
        if name == "*":
            fits = all(_fits(each, inner) for each in data.values())
        else:
            fits = _fits(data[key], inner) if key in data else key != name
        if not fits:
            return False
    return True
