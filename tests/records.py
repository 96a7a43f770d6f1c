"""What a record of a run holds, and which paths are not as they were when it was made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

from conftest import git


class Noted(TypedDict, total=False):
    """What is known of a served project; each part has names with versions.

    `installed` has Python and every package, `servers` the databases it was served with, `locked` all that
    its lock would install elsewhere, and `served` is there once it has answered.
    """

    installed: dict[str, str]
    servers: dict[str, str]
    locked: dict[str, list[str]]
    served: dict[str, str]


class Outcome(TypedDict):
    """How a test ended, why it was skipped, and the project that it was about."""

    outcome: str
    reason: str
    row: str


class Record(TypedDict):
    """A run: when it ended in UTC, on which commit with which changes, and pytest's exit status.

    `tool` has the versions of what the generator runs on, `asked` what was to run if that was not all.
    """

    at: str
    commit: str
    changed: list[str]
    template: str
    tool: dict[str, str]
    status: int
    asked: list[str]
    collected: list[str]
    tests: dict[str, Outcome]
    rows: dict[str, Noted]


def keep(known: dict[str, Noted], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Noted]:
    """Add what was found out about projects to what is known of them, part by part."""
    for name, parts in found.items():
        project: dict[str, Any] = cast("dict[str, Any]", known.setdefault(name, {}))
        for part, values in parts.items():
            project.setdefault(part, {}).update(values)
    return known


def changed_since(root: Path, commit: str) -> list[str]:
    """The paths that are not as a commit has them."""
    known = git(root, "diff", "--name-only", "-z", commit)
    others = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return sorted({*known.split("\0"), *others.split("\0")} - {""})
