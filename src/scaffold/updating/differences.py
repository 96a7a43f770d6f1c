"""How a project differs from a fresh render of what it was made of."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.making.generate import ANSWERS

# What databases have run stays whatever the answers become, so it says nothing of the project.
_MIGRATION = re.compile(r"migrations/versions/[^/]+\.py|src/[^/]+/[^/]+/migrations/[^/]+\.py")


class Difference(NamedTuple):
    """A file of the template that the project has otherwise, or not at all."""

    path: str
    kind: str


def is_migration(path: str) -> bool:
    """Return whether a path of a project is a migration's, Alembic's or Django's."""
    return _MIGRATION.fullmatch(path) is not None


def differences(project: Path, fresh: Mapping[str, bytes]) -> list[Difference]:
    """Return what differs on the disk; line ends and migrations do not count."""
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
