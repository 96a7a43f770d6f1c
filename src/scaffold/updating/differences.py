"""How a project differs from a fresh render of what it was made of."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.making.generate import ANSWERS
from scaffold.updating.keeping import is_migration


class Difference(NamedTuple):
    """A file of the template that the project has otherwise, or not at all."""

    path: str
    kind: str


def differences(project: Path, fresh: Mapping[str, bytes]) -> list[Difference]:
    """Return what differs on the disk; line ends do not count, and migrations stay whatever is set."""
    found = []
    for path, content in sorted(fresh.items()):
        if path == ANSWERS or is_migration(path):
            continue
        file = project / path
        if not file.is_file():
            found.append(Difference(path, "removed"))
        elif file.read_bytes().replace(b"\r\n", b"\n") != content.replace(b"\r\n", b"\n"):
            found.append(Difference(path, "changed"))
    return found
