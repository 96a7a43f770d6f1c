"""How a project's lock compares with the versions that were proven."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Compared(NamedTuple):
    """Of the packages that are `locked`: how many are `newer` than proven, and how many `unknown` there."""

    locked: int
    newer: int
    unknown: int


def compare(lock: Path, proven: Mapping[str, Sequence[str]]) -> Compared | None:
    """Return how a lock of uv's compares; None if there is none that can be read.

    A package of several versions is newer as soon as one of them is: above one that was proven, and none
    of those itself.
    """
    from packaging.version import Version

    try:
        locked = {name: set(map(Version, versions)) for name, versions in packages(lock).items()}
        known = {name: {Version(each) for each in proven.get(name, ())} for name in locked}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    newer = sum(
        bool(known[name]) and any(each > min(known[name]) for each in versions - known[name])
        for name, versions in locked.items()
    )
    return Compared(len(locked), newer, len(locked.keys() - proven.keys()))


def packages(lock: Path) -> dict[str, list[str]]:
    """Return the versions of each package of a lock of uv's, on whatever system they are for.

    Raises:
        OSError, ValueError, LookupError, TypeError, RecursionError: if it cannot be read.
    """
    found: dict[str, list[str]] = {}
    for each in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        # The project itself is no package that it was locked with.
        if "registry" in each["source"]:
            found.setdefault(each["name"], []).append(each["version"])
    return found
