"""The lock of a project's dependencies: whether an update makes another one due, and making it."""

import tomllib
from enum import Enum
from pathlib import Path
from typing import Any

from scaffold import git
from scaffold.git import GitError
from scaffold.making import installing
from scaffold.project import FollowUp
from scaffold.updating.repository import Entries, Repository, contents

_PROJECT, LOCK = "pyproject.toml", "uv.lock"
# What makes and stages it by hand.
RENEW = f"{installing.LOCK} && git add {LOCK}"
# What `uv lock` reads of a project.
_READ = ("dependencies", "optional-dependencies", "requires-python", "name", "version")


class Lock(Enum):
    """What an update means for the lock of a project."""

    UNCHANGED = "unchanged"
    DUE = "due"
    ABSENT = "absent"
    UNKNOWN = "unknown"


def state(before: Entries, after: Entries, place: Path) -> Lock:
    """Return whether other dependencies make another lock due, from a repository that has both sides."""
    if _PROJECT not in before or _PROJECT not in after or before[_PROJECT] == after[_PROJECT]:
        return Lock.UNCHANGED
    old, new = contents(place, (before[_PROJECT].name, after[_PROJECT].name))
    try:
        changed = _read(old) != _read(new)
    except ValueError:
        return Lock.UNKNOWN
    if not changed:
        return Lock.UNCHANGED
    return Lock.DUE if LOCK in after else Lock.ABSENT


def renew(project: Repository, *, trusted: bool) -> FollowUp:
    """Make the lock anew and stage it, so that what undoes the update undoes it too."""
    if not trusted:
        return FollowUp("lock", "skipped", "the template is not trusted", RENEW)
    done = installing.lock(project.folder)
    if done.status != "done":
        return done._replace(remedy=RENEW)
    try:
        git.call("add", "--", LOCK, at=project.folder)
    except GitError as error:
        return FollowUp("lock", "failed", str(error), f"git add {LOCK}")
    return done


def _read(text: bytes) -> list[Any]:
    data = tomllib.loads(text.decode())
    stated = data.get("project", {})
    tools = data.get("tool", {}).get("uv")
    return [*(stated.get(name) for name in _READ), data.get("dependency-groups"), tools]
