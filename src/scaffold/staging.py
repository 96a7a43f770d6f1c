"""The staging folder: everything is made there, and what a killed process left is cleared away.

Its name shows the process that made it, and that process holds a lock on it for as long as it lives,
so that a folder of a dead one can be told apart even after its number was given to another.
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".scaffold-"
_TARGET = "moving-to"


@contextmanager
def staged(parent: Path) -> Iterator[Path]:
    """Make a staging folder in `parent` for the length of the block; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def sweep(parent: Path) -> None:
    """Clear away what dead processes left in `parent`, and end the moves that they had begun."""
    for folder in parent.glob(f"{PREFIX}*"):
        owner = re.fullmatch(rf"{re.escape(PREFIX)}(\d+)-\w+", folder.name)
        if owner and not _alive(int(owner[1])) and folder.is_dir() and not folder.is_symlink():
            _clear(folder)


def move(folder: Path, project: Path, target: Path) -> None:
    """Fill the folder `target` with what is in `project`; a failure puts everything back.

    What a killed process had not moved yet is moved by the next `sweep` of the staging `folder`.
    """
    note = folder / _TARGET
    note.write_text(f"{project}\n{target}", encoding="utf-8", errors="surrogateescape")
    moved: list[Path] = []
    try:
        for entry in sorted(project.iterdir()):
            entry.rename(target / entry.name)
            moved.append(entry)
    except BaseException:
        for entry in moved:
            (target / entry.name).rename(entry)
        raise
    finally:
        note.unlink()


def _clear(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        note = folder / _TARGET
        if note.is_file():
            text = note.read_text(encoding="utf-8", errors="surrogateescape")
            project, _, target = text.partition("\n")
            for entry in Path(project).iterdir():
                if target and not (Path(target) / entry.name).exists():
                    entry.rename(Path(target) / entry.name)
        _remove(folder)
    except OSError:
        pass
    finally:
        os.close(lock)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _remove(folder: Path) -> None:
    # A git that was stopped with us may still be writing for a moment.
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
