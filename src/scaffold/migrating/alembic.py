"""The migrations of Alembic: one chain, with branches for what options added to it."""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from typing import Any

from scaffold.errors import NoTransition
from scaffold.migrating.reading import parsed
from scaffold.migrating.step import Step

_FOLDER = "migrations/versions/"
# The template's own revisions; those of an owner are twelve hexadecimal digits.
_OF_THE_TEMPLATE = re.compile(r"\d{4}")
_SAID = ("revision", "down_revision", "depends_on", "branch_labels")


@dataclass(frozen=True)
class Revision:
    """What a migration says of itself: what it follows, what else it needs, what its branch is called."""

    path: str
    id: str
    follows: tuple[str, ...]
    needs: tuple[str, ...]
    labels: tuple[str, ...]


def is_migration(path: str) -> bool:
    """Return whether a file of a project is one that databases have run."""
    name = path.removeprefix(_FOLDER)
    return path.startswith(_FOLDER) and name.endswith(".py") and "/" not in name


def brought(
    known: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, str]:
    """Return none of the new render's migrations: what is written has all that the project lacks."""
    return {}


def written(
    step: Step, known: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the migration that makes a step after all those that there are, by path.

    It follows the owner's own, and needs the others.

    Raises:
        NoTransition: if they do not fit together already.
        TemplateFailed: if it cannot be rendered.
    """
    if step.is_nothing:
        return {}
    if wrong := list(_broken(known)):
        raise NoTransition(f"{wrong[0]}: no migration can follow them before that")
    revisions = _revisions(known)
    follows, needs = _own(revisions)
    identity = sha256(repr((follows, needs, step.before, step.after)).encode()).hexdigest()[:12]
    numbers = [int(found[1]) for path in known if (found := _NUMBER.match(path))]
    name = f"{max(numbers, default=0) + 1:04}_{_words(step)}.py"
    text = step.write("alembic", revision=identity, follows=follows, needs=needs)
    return {f"{_FOLDER}{name}": text}


_NUMBER = re.compile(rf"{_FOLDER}(\d+)_")


def _words(step: Step) -> str:
    lost = [part for part in step.before if part not in step.after]
    gained = [part for part in step.after if part not in step.before]
    return "_".join(
        part
        for verb, parts in (("drop", lost), ("add", gained))
        if parts
        for part in (verb, *parts)
    )


def split(migrations: Mapping[str, str]) -> list[str]:
    """Return what `upgrade heads` and a new revision cannot decide, with the command that mends it."""
    if wrong := list(_broken(migrations)):
        return wrong
    own, _ = _own(revisions := _revisions(migrations))
    if len(own) < 2:
        return []
    files = " and ".join(revisions[head].path for head in own)
    join = f"uv run alembic merge --message merge {' '.join(own)}"
    return [f"{files} are both the last of your migrations: join them by `{join}`"]


def followed(migrations: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return what an owner's next migration follows, and what else of the trunk it needs.

    So does `alembic revision`, by `migrations/env.py`; a branch with a label is needed by none.
    """
    revisions = _revisions(migrations)
    own, others = _own(revisions)
    return own, [head for head in others if not _is_labelled(head, revisions)]


def _broken(migrations: Mapping[str, str]) -> Iterator[str]:
    """Yield why Alembic could not read a history at all."""
    known: dict[str, str] = {}
    for path, text in migrations.items():
        try:
            found = read(path, text)
        except SyntaxError as error:
            yield str(error)
            continue
        if found and known.setdefault(found.id, path) != path:
            yield (
                f"{known[found.id]} and {path} are both revision {found.id}: "
                "give the one that no database has run another"
            )
    revisions = _revisions(migrations)
    labels = {label for each in revisions.values() for label in each.labels}
    for each in revisions.values():
        # What is needed may be called by a label, what is followed may not.
        for name in sorted({*each.follows, *(set(each.needs) - labels)} - revisions.keys()):
            yield (
                f"{each.path} comes after revision {name}, which is not there: bring its file "
                "back with `git restore --source=HEAD`, or name another in it"
            )
    graph = {each.id: {*each.follows, *each.needs} for each in revisions.values()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"the revisions {', '.join(error.args[1])} follow each other: change one of them"


def _revisions(migrations: Mapping[str, str]) -> dict[str, Revision]:
    found: dict[str, Revision] = {}
    for path, text in sorted(migrations.items()):
        try:
            revision = read(path, text)
        except SyntaxError:
            continue
        if revision:
            found[revision.id] = revision
    return found


def read(path: str, text: str) -> Revision | None:
    """Return what a module says of itself, or None if it is no migration.

    Raises:
        SyntaxError: if it is no module.
    """
    said: dict[str, Any] = {}
    for node in parsed(path, text).body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _SAID and value is not None:
                with suppress(ValueError, TypeError, RecursionError, MemoryError):
                    said[target.id] = ast.literal_eval(value)
    if not isinstance(said.get("revision"), str):
        return None
    follows, needs, labels = (_several(said.get(name)) for name in _SAID[1:])
    return Revision(path, said["revision"], follows, needs, labels)


def _several(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, (list, set, tuple)) else ()


def _own(revisions: Mapping[str, Revision]) -> tuple[list[str], list[str]]:
    """Return the heads that a new migration follows, as `migrations/env.py` has it, and the others."""
    followed = {name for each in revisions.values() for name in each.follows}
    heads = [name for name in revisions if name not in followed]
    trunk = [head for head in heads if not _is_labelled(head, revisions)] or heads
    own = [head for head in trunk if not _OF_THE_TEMPLATE.fullmatch(head)] or trunk
    return own, [head for head in heads if head not in own]


def _is_labelled(name: str, revisions: Mapping[str, Revision]) -> bool:
    """Return whether a revision is in a branch that has a label."""
    each = revisions[name]
    return bool(each.labels) or any(_is_labelled(before, revisions) for before in each.follows)
