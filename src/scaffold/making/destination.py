"""Where a project goes: what DEST means, and why it cannot be there."""

import errno
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import BadDestination, ScaffoldError
from scaffold.making import staging

_UNUSABLE = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP, errno.EINVAL)


@dataclass(frozen=True)
class Destination:
    """A place that was free when it was looked at.

    `anchor` is the nearest folder that exists above the project; `exists` says that the project's
    own folder is there already, empty or with a lone `.git`.
    """

    path: Path
    anchor: Path
    exists: bool


def resolve(text: str) -> Destination:
    """Return the place that DEST names.

    Raises:
        BadDestination: if it is no usable path, or is taken.
        ScaffoldError: if it cannot be written to.
    """
    if not text.strip():
        raise BadDestination(
            "the destination is empty: give the project's folder, such as myproject"
        )
    if ".." in Path(text).parts:
        meant = os.path.normpath(Path.cwd() / text)
        raise BadDestination(
            f'the destination "{text}" contains "..": if you mean it, give {meant}'
        )
    try:
        path = Path.cwd() / Path(text).expanduser()
        exists = _free(path, text)
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        # What the path itself is to blame for; the rest is due to where it is tried.
        bad = isinstance(error, ValueError) or getattr(error, "errno", None) in _UNUSABLE
        kind = BadDestination if bad else ScaffoldError
        raise kind(f'the destination "{text[:80]}" cannot be used: {reason}') from error
    anchor = path.parent
    while not anchor.exists():
        anchor = anchor.parent
    if not anchor.is_dir():
        raise BadDestination(f'the destination "{text}" is below {anchor}, which is not a folder')
    place = path if exists else anchor
    if not os.access(place, os.W_OK | os.X_OK):
        raise ScaffoldError(f"{place} is not writable: choose another place, or change its mode")
    return Destination(path, anchor, exists)


def _free(path: Path, text: str) -> bool:
    if not path.exists() and not path.is_symlink():
        return False
    if not path.is_dir():
        raise BadDestination(
            f'the destination "{text}" is a file: give a folder that is new or empty'
        )
    entries = (entry for entry in path.iterdir() if not staging.is_own(entry))
    held = sorted(entry.name for entry in entries if entry.name != ".git")
    if held:
        some = ", ".join(held[:5]) + (f" and {len(held) - 5} more" if len(held) > 5 else "")
        raise BadDestination(
            f'the destination "{text}" is not empty, it holds {some}: give a folder that is new or empty'
        )
    return True


def here() -> Path | None:
    """Return the current folder, or None if it has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def reach(folder: Path) -> list[str]:
    """Return the step that leads to a folder, or none where one is in it."""
    return [] if folder == here() else [f"cd {shlex.quote(str(folder))}"]


def git(folder: Path) -> str:
    """Return how git is told, here, to work in a folder."""
    return "git" if folder == here() else f"git -C {shlex.quote(str(folder))}"
