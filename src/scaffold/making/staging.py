"""The staging folder: everything is made there, and what a killed process left is cleared away.

Of a folder that is found beside a destination nothing is believed: what is done with it follows from
this user's own journal of it alone.
"""

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scaffold import stopping
from scaffold.making import journal
from scaffold.making.journal import Journal

_PREFIX = ".scaffold-"
_NAME = re.compile(rf"{re.escape(_PREFIX)}\d+-([0-9a-f]{{32}})")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Staging:
    """A staging folder that this process is to make, and its journal if one can be kept."""

    def __init__(self, parent: Path) -> None:
        """Name the folder; the token in its name is what tells it from one that somebody made up."""
        token = secrets.token_hex(16)
        self.folder = parent / f"{_PREFIX}{os.getpid()}-{token}"
        self._token = token
        self._journal: Journal | None = None

    def make(self) -> None:
        """Make the folder, after its journal."""
        with stopping.deferred():
            self._journal = journal.begin(self._token)
            self.folder.mkdir(mode=0o700)
            if self._journal is not None:
                self._journal.write(inode=self.folder.stat().st_ino)

    def place(self, project: Path, target: Path) -> None:
        """Rename what is at `project` to `target`, which is not there yet, and clear the folder."""
        with stopping.deferred():
            project.rename(target)
            self.clear()

    def fill(self, project: Path, target: Path) -> None:
        """Move what is in `project` into the folder `target`, and clear the folder.

        A failure puts everything back. What a killed process had not moved yet is moved by the next
        `sweep`.
        """
        with stopping.deferred():
            self._note(str(project.relative_to(self.folder)), target)
            moved: list[Path] = []
            try:
                for entry in sorted(project.iterdir()):
                    entry.rename(target / entry.name)
                    moved.append(entry)
            except BaseException:
                for entry in moved:
                    (target / entry.name).rename(entry)
                self._note(None, target)
                raise
            self.clear()

    def _note(self, project: str | None, target: Path) -> None:
        if self._journal is not None:
            below = str(target.relative_to(self.folder.parent))
            self._journal.write(project=project, target=below)

    def clear(self) -> None:
        """Remove the folder and its journal; where they are gone it does nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if stopping.has_come():
            self._clear_after_a_stop()
        if self._journal is not None:
            self._journal.forget()
            self._journal = None

    def _clear_after_a_stop(self) -> None:
        # A git that was running then may write on for a moment, and make the folder anew.
        for _ in range(20):
            busy = _has_children()
            shutil.rmtree(self.folder, ignore_errors=True)
            if not busy and not self.folder.exists():
                break
            time.sleep(0.1)


@contextmanager
def staged(parent: Path) -> Iterator[Staging]:
    """Make a staging folder in `parent` for the length of the block; it is gone afterwards."""
    staging = Staging(parent)
    try:
        staging.make()
        yield staging
    finally:
        try:
            staging.clear()
        except BaseException:
            # A signal fell into that; no second one comes.
            staging.clear()
            raise


def _has_children() -> bool:
    """Return whether a program that this one began is still running."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def is_own(folder: Path) -> bool:
    """Return whether a run of this user's has made the folder, or makes something in it now."""
    named = _NAME.fullmatch(folder.name)
    return named is not None and journal.known(named[1])


def sweep(parent: Path) -> None:
    """Clear away what this user's dead processes left in `parent`, and end the moves that they began."""
    for folder in parent.glob(f"{_PREFIX}*"):
        named = _NAME.fullmatch(folder.name)
        kept = journal.left(named[1]) if named else None
        if kept is None:
            continue
        try:
            _end(folder, kept)
        except (OSError, ValueError, TypeError, LookupError):
            kept.release()
        else:
            kept.forget()


def _end(folder: Path, kept: Journal) -> None:
    """Do what is left to do with a folder, by descriptors: its name may stand for another by now."""
    facts = kept.read()
    with ExitStack() as opened:
        parent = _opened(folder.parent.resolve(), None, opened)
        inside = _opened(folder.name, parent, opened)
        found = os.fstat(inside)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(f"{folder} is not this user's alone")
        if "inode" in facts:
            if facts["inode"] != found.st_ino:
                raise PermissionError(f"{folder} is not the one that was made")
            if facts.get("project"):
                # A destination that is gone waits for nothing.
                with suppress(FileNotFoundError, NotADirectoryError):
                    target = _below(parent, facts["target"], opened)
                    _move(_below(inside, facts["project"], opened), target)
            _empty(inside)
        os.rmdir(folder.name, dir_fd=parent)


def _move(project: int, target: int) -> None:
    for name in os.listdir(project):
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=target, follow_symlinks=False)
            continue
        os.rename(name, name, src_dir_fd=project, dst_dir_fd=target)


def _empty(folder: int) -> None:
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            shutil.rmtree(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)


def _below(folder: int, path: str, opened: ExitStack) -> int:
    """Open a folder below another, through no link and never upwards."""
    for part in Path(path).parts:
        if part == ".." or os.path.isabs(part):
            raise ValueError(f"{path} leads out of its folder")
        folder = _opened(part, folder, opened)
    return folder


def _opened(path: Path | str, at: int | None, opened: ExitStack) -> int:
    descriptor = os.open(path, _FOLDER, dir_fd=at)
    opened.callback(os.close, descriptor)
    return descriptor
