"""The journal of a staging folder, kept in this user's state: which it is, and what is moved out of it.

The process that made the folder holds a lock on the journal for as long as it lives. Whoever gets that
lock knows that it is dead, even if its number was given to another.
"""

import fcntl
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from scaffold import state


class Journal:
    """A journal whose lock is held: one line of JSON for each thing that was written down."""

    def __init__(self, file: Path, flags: int) -> None:
        """Open the journal and take its lock.

        Raises:
            OSError: if it cannot be had, is somebody else's, or its owner lives.
        """
        self._file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | flags, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = os.fstat(self._descriptor)
            # One without a name was forgotten by another process while this one waited.
            if (
                found.st_uid != os.geteuid()
                or not stat.S_ISREG(found.st_mode)
                or not found.st_nlink
            ):
                raise PermissionError(f"{file} is no journal of this user's")
        except OSError:
            os.close(self._descriptor)
            raise

    def write(self, **facts: Any) -> None:
        """Add facts; later ones replace earlier ones of the same name."""
        os.write(self._descriptor, json.dumps(facts).encode() + b"\n")

    def read(self) -> dict[str, Any]:
        """Return the facts; of a line that a killed process did not end, nothing."""
        facts: dict[str, Any] = {}
        for line in os.pread(self._descriptor, 100_000, 0).splitlines(keepends=True):
            if line.endswith(b"\n"):
                facts |= json.loads(line)
        return facts

    def release(self) -> None:
        """Let go of the lock and keep the journal."""
        os.close(self._descriptor)

    def forget(self) -> None:
        """Remove the journal; a second call does nothing."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
            os.close(self._descriptor)


def begin(token: str) -> Journal | None:
    """Return a new journal, or None where this user's state cannot be written."""
    file = _file(token)
    if file is None:
        return None
    try:
        state.make(file.parent)
        return Journal(file, os.O_CREAT | os.O_EXCL)
    except OSError:
        return None


def left(token: str) -> Journal | None:
    """Return the journal that a dead process left, if there is one."""
    file = _file(token)
    try:
        return Journal(file, 0) if file is not None else None
    except OSError:
        return None


def known(token: str) -> bool:
    """Return whether there is a journal, of a dead process or a living one."""
    file = _file(token)
    return file is not None and file.is_file()


def _file(token: str) -> Path | None:
    folder = state.folder()
    return folder / "staging" / token if folder is not None else None
