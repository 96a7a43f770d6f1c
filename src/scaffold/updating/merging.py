"""The merge of two renders with the project: what it comes to, and what somebody has to decide."""

from collections.abc import Collection
from typing import NamedTuple

from scaffold.updating import requirements
from scaffold.updating.repository import Entries, Entry
from scaffold.updating.throwaway import THEIRS, Throwaway

_MARKER = b"<<<<<<< "


class Conflict(NamedTuple):
    """A path that is not resolved: in words, the lines of its markers, and its stages for git's index."""

    path: str
    why: str
    lines: list[int]
    stages: dict[int, Entry]


class Merged(NamedTuple):
    """The files afterwards, with the paths that were `kept` against the template, or stay `deleted`."""

    result: dict[str, Entry]
    conflicts: list[Conflict]
    kept: list[str]
    deleted: list[str]


def merge(
    throwaway: Throwaway, old: Entries, head: Entries, new: Entries, own: Collection[str]
) -> Merged:
    """Merge what the template changed between two renders into the project.

    Paths that are the project's `own` stay as it has them.
    """
    ours, base, theirs = dict(head), dict(old), dict(new)
    for path in own:
        for side in (base, theirs):
            side.pop(path, None)
            if path in head:
                side[path] = head[path]
    _match_line_ends(throwaway, ours, base, theirs)
    _match_requirements(throwaway, ours, base, theirs)
    trees = (throwaway.tree(each) for each in (base, ours, theirs))
    staged = throwaway.merge(*trees)
    merged = Merged({}, [], [], [])
    for path, stages in staged.items():
        _settle(throwaway, path, stages, merged)
    return merged


def _settle(throwaway: Throwaway, path: str, stages: dict[int, Entry], merged: Merged) -> None:
    present = set(stages)
    if present == {0}:
        merged.result[path] = stages[0]
    elif present == {1, 2}:
        merged.result[path] = stages[2]
        merged.kept.append(path)
    elif present == {1, 3}:
        # Git names it so where a folder has its name now.
        merged.deleted.append(path.removesuffix(f"~{THEIRS}"))
    else:
        lines: list[int] = []
        side = stages.get(2) or stages.get(3)
        name = throwaway.written(path)
        if side is not None:
            plain = side.mode.startswith("100") and name is not None
            entry = Entry(side.mode, name) if plain and name is not None else side
            merged.result[path] = entry
            if plain:
                lines = _marked(throwaway.contents(entry.name)[0])
        merged.conflicts.append(Conflict(path, _words(path, stages, lines), lines, stages))


def _words(path: str, stages: dict[int, Entry], lines: list[int]) -> str:
    match sorted(stages):
        case [1, 2, 3] | [2, 3] if lines:
            return "you and the template changed the same lines"
        case [1, 2, 3]:
            return (
                "you and the template changed it, and it cannot be merged: yours is there, "
                f"git checkout --theirs -- {path} takes the template's"
            )
        case [2, 3]:
            return (
                "you and the template added it: yours is there, "
                f"git checkout --theirs -- {path} takes the template's"
            )
        case [1]:
            return "you and the template renamed it, each to another name: keep one of them"
        case [2]:
            return "yours, while the template made something else of it, or gave it another name"
        case _:
            return "the template's, while you made something else of it, or gave it another name"


def _marked(content: bytes) -> list[int]:
    lines = enumerate(content.splitlines(), 1)
    return [number for number, line in lines if line.startswith(_MARKER)]


def _match_line_ends(
    throwaway: Throwaway, ours: Entries, base: dict[str, Entry], theirs: dict[str, Entry]
) -> None:
    """Give the renders the line ends of files that the project has with carriage returns throughout."""
    here = {path: path for path in (*base, *theirs) if path in ours}
    there = {path: {path} for path in base}
    if not base.keys() <= ours.keys() & theirs.keys():
        old, mine, new = (throwaway.tree(each) for each in (base, ours, theirs))
        here = throwaway.moved(old, mine) | here
        for before, after in throwaway.moved(old, new).items():
            there[before].add(after)
    edited = {path: name for path, name in here.items() if ours[name] != base.get(path)}
    texts = {path: name for path, name in edited.items() if ours[name].mode.startswith("100")}
    contents = throwaway.contents(*(ours[name].name for name in texts.values()))
    for path, content in zip(texts, contents, strict=True):
        if not content.count(b"\n") or content.count(b"\n") != content.count(b"\r\n"):
            continue
        _end_with_carriage_returns(throwaway, base, path)
        for name in there.get(path, {path}):
            _end_with_carriage_returns(throwaway, theirs, name)


def _match_requirements(
    throwaway: Throwaway, ours: Entries, base: dict[str, Entry], theirs: dict[str, Entry]
) -> None:
    """Give the renders lists of requirements that are merged already, where both sides have changed one."""
    sides = [side.get(requirements.PATH) for side in (base, ours, theirs)]
    found = [each for each in sides if each is not None and each.mode.startswith("100")]
    if len({each.name for each in found}) < len(sides):
        return
    try:
        texts = [each.decode() for each in throwaway.contents(*(each.name for each in found))]
    except UnicodeDecodeError:
        return
    for side, text in zip((base, theirs), requirements.rebased(*texts), strict=True):
        name = throwaway.blob(text.encode())
        side[requirements.PATH] = Entry(side[requirements.PATH].mode, name)


def _end_with_carriage_returns(throwaway: Throwaway, side: dict[str, Entry], path: str) -> None:
    if path in side and side[path].mode.startswith("100"):
        (plain,) = throwaway.contents(side[path].name)
        ended = plain.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        side[path] = Entry(side[path].mode, throwaway.blob(ended))
