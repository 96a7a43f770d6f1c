"""Rendered Python, brought into the form that `ruff check` and `ruff format` leave as it is.

Templates are laid out as ruff has them but for what depends on names and fields: they import whatever
some feature needs, and write each call whose length depends on names on a line of its own, however long.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

WIDEST = 100
_OPEN, _CLOSED = "([{", ")]}"


def tidied(text: str, package: str) -> str:
    """Return a module of a package or its tests without the imports that it does not use, and with no line that is too long.

    Raises:
        SyntaxError: if it is no module.
    """
    text = "\n".join(_wrapped(text.split("\n")))
    return "\n".join(_imported(text, package))


def _imported(text: str, package: str) -> Iterator[str]:
    """Yield the lines, with each block of imports pruned and sorted."""
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = text.split("\n")
    if not imports:
        yield from lines
        return
    first, last = imports[0].lineno - 1, imports[-1].end_lineno or 0
    yield from lines[:first]
    kept = [pruned for node in imports if (pruned := _pruned(node, used))]
    merged = sorted(_merged(kept), key=lambda node: _order(node, package))
    blocks = [list(block) for _, block in groupby(merged, key=lambda node: _section(node, package))]
    for number, block in enumerate(blocks):
        if number:
            yield ""
        for node in block:
            yield from _wrapped([_written(node)])
    rest = lines[last:]
    while rest and not rest[0]:
        rest = rest[1:]
    if blocks:
        yield ""
        if rest[0].startswith(("class ", "def ", "async def ", "@")):
            yield ""
    yield from rest


def _pruned(
    node: ast.Import | ast.ImportFrom, used: set[str]
) -> ast.Import | ast.ImportFrom | None:
    names = [each for each in node.names if (each.asname or each.name.split(".")[0]) in used]
    if not names:
        return None
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(node.module, names, node.level)


def _merged(nodes: Iterable[ast.Import | ast.ImportFrom]) -> list[ast.Import | ast.ImportFrom]:
    """Return one statement for each module that names are imported from."""
    found: list[ast.Import | ast.ImportFrom] = []
    known: dict[tuple[int, str | None], ast.ImportFrom] = {}
    for node in nodes:
        if isinstance(node, ast.Import) or any(each.asname for each in node.names):
            found.append(node)
            continue
        first = known.setdefault((node.level, node.module), node)
        if first is node:
            found.append(node)
        else:
            have = {each.name for each in first.names}
            first.names += [each for each in node.names if each.name not in have]
    return found


def _section(node: ast.Import | ast.ImportFrom, package: str) -> int:
    """Return in which part a statement stands: Python's own, others, the package, and relative ones."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return 3
    module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
    root = (module or "").partition(".")[0]
    if root == package:
        return 2
    return 0 if root in sys.stdlib_module_names else 1


def _order(node: ast.Import | ast.ImportFrom, package: str) -> tuple[object, ...]:
    is_from = isinstance(node, ast.ImportFrom)
    level = node.level if isinstance(node, ast.ImportFrom) else 0
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
    return _section(node, package), is_from, -level, module.lower(), module


def _written(node: ast.Import | ast.ImportFrom) -> str:
    names = [f"{each.name} as {each.asname}" if each.asname else each.name for each in node.names]
    if isinstance(node, ast.Import):
        return f"import {', '.join(names)}"
    return (
        f"from {'.' * node.level}{node.module or ''} import {', '.join(sorted(names, key=_kind))}"
    )


def _kind(name: str) -> tuple[int, str, str]:
    """Return where a name stands among those of its module: constants, classes, and then the others."""
    bare = name.split(" ")[0]
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, bare.lower(), bare


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines none of which is too long, as long as there is something in brackets to divide."""
    for line in lines:
        # What is said to the type checker is not counted.
        if (
            len(line.partition("  # type:")[0]) <= WIDEST
            or '"""' in line
            or line.lstrip().startswith("#")
        ):
            yield line
        elif line.startswith("from ") and line[-1] != ")":
            head, _, names = line.partition(" import ")
            yield from _divided(f"{head} import (", names, ")", "", force=True)
        elif (parts := _outermost(line)) is None:
            yield line
        else:
            yield from _divided(*parts)


def _divided(
    head: str, inside: str, tail: str, indent: str, *, force: bool = False
) -> Iterator[str]:
    deeper = f"{indent}    "
    parts = _parts(inside)
    if head.lstrip().startswith(("def ", "async def ")):
        each_alone = len(parts) == 1
    else:
        is_literal = bool(re.search(r"(^|[\s=(\[{,])[\[({]$", head)) and not force
        each_alone = force or (is_literal and len(parts) > 1)
    yield head
    if len(deeper) + len(inside) <= WIDEST and not each_alone:
        yield f"{deeper}{inside}"
    elif loop := next(_loops(inside), 0):
        yield from _wrapped([f"{deeper}{inside[:loop]}", f"{deeper}{inside[loop + 1 :]}"])
    else:
        yield from _wrapped(f"{deeper}{part}," for part in parts)
    yield from _wrapped([f"{indent}{tail}"])


def _outermost(line: str) -> tuple[str, str, str, str] | None:
    """Return a line at its last bracket of the outermost: what opens it, is in it, and follows it."""
    pairs = [(start, end) for start, end, depth in _brackets(line) if not depth and end > start + 1]
    if not pairs:
        return None
    start, end = pairs[-1]
    # What comes back is written after what goes in.
    if line.lstrip().startswith(("def ", "async def ")):
        start, end = pairs[0]
    indent = line[: len(line) - len(line.lstrip())]
    return line[: start + 1], line[start + 1 : end], line[end:], indent


def _brackets(line: str) -> Iterator[tuple[int, int, int]]:
    """Yield where brackets open and close, and how deep they are."""
    open_at: list[int] = []
    found = []
    for place, character in _code(line):
        if character in _OPEN:
            open_at.append(place)
        elif character in _CLOSED and open_at:
            start = open_at.pop()
            found.append((start, place, len(open_at)))
    yield from sorted(found)


def _parts(inside: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for place, character in _code(inside):
        depth += (character in _OPEN) - (character in _CLOSED)
        if character == "," and not depth:
            parts.append(inside[start:place].strip())
            start = place + 1
    return [*parts, inside[start:].strip()]


def _loops(inside: str) -> Iterator[int]:
    """Yield where the loops of a comprehension begin."""
    depth = 0
    for place, character in _code(inside):
        depth += (character in _OPEN) - (character in _CLOSED)
        if not depth and inside.startswith(" for ", place):
            yield place


def _code(line: str) -> Iterator[tuple[int, str]]:
    """Yield the characters that are in no text."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote and line[place - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        else:
            yield place, character
