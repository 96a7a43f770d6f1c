"""The migrations of a project: databases have run them, so other answers add to them and change none."""

from collections.abc import Mapping
from dataclasses import replace

from scaffold.migrating import alembic, django, heads, kept
from scaffold.migrating.transition import transition
from scaffold.updating.renders import Side
from scaffold.updating.repository import Entries, Entry, Repository
from scaffold.updating.throwaway import Throwaway


def is_migration(path: str) -> bool:
    """Return whether a path of a project is a migration's, Alembic's or Django's."""
    return alembic.is_migration(path) or django.is_migration(path)


def informed(side: Side, texts: Mapping[str, bytes]) -> Side:
    """Return a side with the facts that follow from the migrations that a project has."""
    return replace(side, facts=kept.facts(side.template, texts))


def on_disk(project: Repository) -> dict[str, bytes]:
    """Return the migrations of a project as they are now, to be read."""
    files = {path: project.folder / path for path in project.committed() if is_migration(path)}
    return {path: _legible(file.read_bytes()) for path, file in files.items() if file.is_file()}


def keep_migrations(
    throwaway: Throwaway,
    sides: tuple[Side, Side],
    files: tuple[dict[str, Entry], Entries, dict[str, Entry]],
) -> tuple[str, ...]:
    """Let two renders with other answers change no migration of HEAD's; return what databases lose.

    `files` are those of the old render, of HEAD and of the new one.

    Raises:
        NoTransition: if the template cannot say what the change needs.
    """
    old, new = sides
    before, head, after = files
    known = texts(throwaway, head)
    change = transition(old.template, old.answers, new.answers, known)
    for path in change.left_out:
        before.pop(path, None)
        after.pop(path, None)
    for path, content in change.added.items():
        after[path] = Entry("100644", throwaway.blob(content))
    return change.losses


def split(throwaway: Throwaway, head: Entries, result: Entries) -> list[str]:
    """Return what the migrations leave undecided, where there are others than before."""
    if {k: v for k, v in head.items() if is_migration(k)} == {
        k: v for k, v in result.items() if is_migration(k)
    }:
        return []
    found = texts(throwaway, result)
    return heads.split({path: text.decode("utf-8", "replace") for path, text in found.items()})


def texts(throwaway: Throwaway, entries: Entries) -> Mapping[str, bytes]:
    """Return the migrations of a tree, to be read."""
    paths = [path for path in entries if is_migration(path)]
    contents = throwaway.contents(*(entries[path].name for path in paths))
    return dict(zip(paths, map(_legible, contents), strict=True))


def _legible(content: bytes) -> bytes:
    """Return a text as UTF-8, whatever it is: what cannot be read says nothing of the schema."""
    return content.decode("utf-8", "replace").encode()
