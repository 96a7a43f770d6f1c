"""The migrations of Django's applications."""

import re
from collections.abc import Mapping

from scaffold.errors import NoTransition
from scaffold.migrating.step import Step

_MIGRATION = re.compile(r"src/\w+/\w+/migrations/\d{4}_\w+\.py")


def is_migration(path: str) -> bool:
    """Return whether a file of a project is one that databases have run."""
    return bool(_MIGRATION.fullmatch(path))


def written(step: Step, migrations: Mapping[str, str]) -> dict[str, bytes]:
    """Return the migrations that make a step after all those that there are, by path.

    Raises:
        NoTransition: if there is no one place that they could follow.
        TemplateFailed: if they cannot be rendered.
    """
    raise NoTransition("no migration of Django's can be written yet")


def split(migrations: Mapping[str, str]) -> list[str]:
    """Return what `migrate` cannot decide, in sentences that say the command that mends it."""
    return []
