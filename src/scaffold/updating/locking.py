"""The lock of a project's dependencies: whether an update makes another one due, and making it."""

import tomllib
from pathlib import Path
from typing import Any

from scaffold import git
from scaffold.making import installing
from scaffold.project import FollowUp
from scaffold.updating.repository import Entries, Repository

_PROJECT, LOCK = "pyproject.toml", "uv.lock"
# What `uv lock` reads of a project.
_READ = ("dependencies", "optional-dependencies", "requires-python", "name", "version")


def is_due(before: Entries, after: Entries, place: Path) -> bool | None:
    """Return whether the lock is to be made anew, None if that cannot be told.

    `place` is a repository that has the objects of both.
    """
    if LOCK not in before or _PROJECT not in after:
        return False
    texts = [
        git.data("cat-file", "blob", each[_PROJECT].name, at=place) if _PROJECT in each else b""
        for each in (before, after)
    ]
    if texts[0] == texts[1]:
        return False
    try:
        old, new = (_read(text) for text in texts)
    except ValueError:
        return None
    return old != new


def renew(project: Repository, *, trusted: bool) -> FollowUp:
    """Make the lock anew and stage it, so that what undoes the update undoes it too."""
    if not trusted:
        return FollowUp("lock", "skipped", "the template is not trusted", installing.LOCK)
    done = installing.lock(project.folder)
    if done.status == "done":
        git.call("add", "--", LOCK, at=project.folder)
    return done


def _read(text: bytes) -> list[Any]:
    data = tomllib.loads(text.decode())
    stated = data.get("project", {})
    tools = data.get("tool", {}).get("uv")
    return [*(stated.get(name) for name in _READ), data.get("dependency-groups"), tools]
