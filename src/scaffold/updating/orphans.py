"""Modules of the project's own that would import what goes with an option or with a release."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from scaffold.updating.parsing import parse
from scaffold.updating.repository import Entries
from scaffold.updating.throwaway import Throwaway

_SOURCE = "src"


def orphans(throwaway: Throwaway, head: Entries, result: Entries) -> list[str]:
    """Return a sentence for each module that imports one which is there no longer afterwards.

    A module that cannot be read is passed over.
    """
    gone = {_place(path): path for path in head if path.endswith(".py") and path not in result}
    if not gone:
        return []
    paths = [path for path in result if path.endswith(".py")]
    contents = throwaway.contents(*(result[path].name for path in paths))
    return [
        f"{path} imports {gone[place]}, which goes: without it, it fails"
        for path, content in zip(paths, contents, strict=True)
        for place in sorted(set(_imported(path, content)) & gone.keys())
    ]


def _place(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _imported(path: str, content: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the places of all that a module may import: modules, and what may be one in a package."""
    tree = parse(content.decode("utf-8", "replace"))
    folders = PurePosixPath(path).parts[:-1]
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom):
            module = tuple((node.module or "").split(".")) if node.module else ()
            above = folders[: len(folders) + 1 - node.level] if node.level else (_SOURCE,)
            yield (*above, *module)
            yield from ((*above, *module, each.name) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((_SOURCE, *each.name.split(".")) for each in node.names)
