"""Whether what was merged can still migrate."""

from collections.abc import Mapping

from scaffold.migrating import alembic, django


def split(files: Mapping[str, str]) -> list[str]:
    """Return what the project's migrations leave undecided, in sentences with the command that mends it."""
    return [
        sentence
        for history in (alembic, django)
        for sentence in history.split(
            {path: text for path, text in files.items() if history.is_migration(path)}
        )
    ]
