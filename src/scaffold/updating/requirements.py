"""What a project needs, merged requirement by requirement.

`uv add` puts its line where options and releases put theirs, which for git is a conflict; to a list of
requirements their order means nothing.
"""

import re
from collections.abc import Iterator

PATH = "pyproject.toml"
_KEYS = ("project.dependencies", "project.optional-dependencies.", "dependency-groups.")
_TABLE = re.compile(r"\[([^\[\]]+)\]\s*(?:#.*)?")
_OPENING = re.compile(r"([\w.-]+)\s*=\s*\[\s*")
_ENTRY = re.compile(r"""\s*(["'])\s*([A-Za-z0-9][\w.-]*)[^\n]*\1,?\s*""")


def rebased(base: str, ours: str, theirs: str) -> tuple[str, str]:
    """Return `base` and `theirs` with their lists as git merges them into `ours` without a conflict.

    A list that both sides changed is ours in the base, and merged in theirs. One of which that cannot be said,
    as both changed one requirement, stays as it is.
    """
    before, mine, after = (_lists(text) for text in (base, ours, theirs))
    for key in before.keys() & mine.keys() & after.keys():
        merged = _merged(before[key], mine[key], after[key])
        if merged is not None and mine[key] not in (before[key], after[key]):
            base = _replaced(base, key, mine[key])
            theirs = _replaced(theirs, key, merged)
    return base, theirs


def _lists(text: str) -> dict[str, list[str]]:
    """Return the lines of the lists, by their keys."""
    lines = text.splitlines(keepends=True)
    return {key: lines[start:end] for key, start, end in _places(lines)}


def _places(lines: list[str]) -> Iterator[tuple[str, int, int]]:
    table, key, start = "", "", 0
    for number, line in enumerate(lines):
        if key:
            if line.strip().startswith("]"):
                if key.startswith(_KEYS):
                    yield key, start, number
                key = ""
        elif header := _TABLE.fullmatch(line.strip()):
            table = header[1]
        elif opening := _OPENING.fullmatch(line):
            key, start = f"{table}.{opening[1]}", number + 1


def _replaced(text: str, key: str, entries: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    start, end = next((start, end) for each, start, end in _places(lines) if each == key)
    return "".join([*lines[:start], *entries, *lines[end:]])


def _merged(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    sides = [_entries(lines) for lines in (base, ours, theirs)]
    before, mine, after = (side or {} for side in sides)
    if None in sides:
        return None
    result: dict[str, str] = {}
    for name in [*mine, *(name for name in after if name not in mine)]:
        unchanged = before.get(name) == mine.get(name)
        taken = after.get(name) if unchanged else mine.get(name)
        if not unchanged and after.get(name) not in (before.get(name), taken):
            return None
        if taken is not None:
            result[name] = taken
    return "".join(result.values()).splitlines(keepends=True)


def _entries(lines: list[str]) -> dict[str, str] | None:
    """Return the requirements by name, with what is said above each; None if there is something else.

    Names are compared as PEP 503 says; one that is there twice, for several systems, has no place of its own.
    """
    found: dict[str, str] = {}
    above = ""
    for line in lines:
        if line.strip().startswith("#"):
            above += line
            continue
        entry = _ENTRY.fullmatch(line)
        name = re.sub(r"[-_.]+", "-", entry[2]).lower() if entry else ""
        if not name or name in found:
            return None
        bare = line.rstrip()
        found[name] = above + (line if bare.endswith(",") else f"{bare},{line[len(bare) :]}")
        above = ""
    return None if above else found
