"""The plan: what becomes of each file, by which people see what would be written before it is."""

import os
from typing import NamedTuple

from scaffold.updating.merging import Merged
from scaffold.updating.repository import Entries
from scaffold.updating.throwaway import Throwaway

# In the order in which they are shown.
KINDS = {
    "conflict": "conflict, for you to resolve",
    "kept": "kept because you edited it, the template has it no more",
    "deleted": "stays deleted, though the template changed it",
    "merged": "merged with your edits",
    "moved": "moved",
    "removed": "removed",
    "new": "new",
    "changed": "changed",
}


class Step(NamedTuple):
    """What becomes of a file: a kind, why, the lines of conflict markers, and where it was before."""

    path: str
    kind: str
    detail: str = ""
    lines: tuple[int, ...] = ()
    before: str = ""


def steps(
    throwaway: Throwaway, old: Entries, head: Entries, merged: Merged, trees: tuple[str, str]
) -> list[Step]:
    """Return what becomes of each file; `trees` are those of the project before and after."""
    found = [Step(each.path, "conflict", each.why, tuple(each.lines)) for each in merged.conflicts]
    found += [Step(path, "kept") for path in merged.kept]
    found += [Step(path, "deleted") for path in merged.deleted if path not in head]
    conflicts = {each.path for each in merged.conflicts}
    listed = throwaway.git("diff-tree", "-r", "-z", "-M", "--name-status", *trees)
    parts = iter(os.fsdecode(listed).split("\0")[:-1])
    for status in parts:
        path, before = next(parts), ""
        if status[0] == "R":
            before, path = path, next(parts)
        if path in conflicts:
            continue
        if before in head and before in merged.result:
            before = ""
        edited = head.get(before or path) != old.get(before or path)
        if status[0] == "R":
            detail = "merged with your edits" if edited else ""
            found.append(Step(path, "moved", detail, before=before))
        elif status[0] == "A":
            found.append(Step(path, "new"))
        elif status[0] == "D":
            found.append(Step(path, "removed"))
        else:
            found.append(Step(path, "merged" if edited else "changed"))
    order = list(KINDS)
    return sorted(found, key=lambda each: (order.index(each.kind), each.path))
