"""Files written into a project, all or none of them."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from scaffold import stopping
from scaffold.errors import NotReady, ScaffoldError


def write(folder: Path, files: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Write files by path; `before` has what those held that are there already.

    What is new comes first, so that nothing is registered that is not there.

    Raises:
        NotReady: if somebody changed one of them meanwhile, or something is in the way.
        ScaffoldError: if they cannot be written; the project is then as it was.
    """
    order = sorted(files, key=lambda path: path in before)
    done: list[str] = []
    made: list[Path] = []
    with stopping.deferred():
        for path in order:
            _check(folder / path, before.get(path))
        try:
            for path in order:
                file = folder / path
                _make(file.parent, made)
                done.append(path)
                _replace(file, files[path])
        except OSError as error:
            _take_back(folder, done, before, made)
            raise ScaffoldError(
                f"the project cannot be written, and is as it was: {error}"
            ) from error


def _check(file: Path, before: str | None) -> None:
    if before is None and (file.is_symlink() or file.exists()):
        raise NotReady(f"{file} is in the way: move it away, and run again")
    if before is not None and file.read_bytes() != before.encode():
        raise NotReady(f"{file} was changed meanwhile: run again")


def _make(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _replace(file: Path, text: str) -> None:
    """Put a file there in one step, with the rights of the one that was there."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode())
        if file.exists():
            beside.chmod(file.stat().st_mode)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _take_back(folder: Path, done: list[str], before: Mapping[str, str], made: list[Path]) -> None:
    for path in done:
        with suppress(OSError):
            if path in before:
                _replace(folder / path, before[path])
            else:
                (folder / path).unlink(missing_ok=True)
    for each in reversed(made):
        with suppress(OSError):
            each.rmdir()
