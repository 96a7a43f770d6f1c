"""Modules of a project, whose Python may be newer than the one that this program runs on."""

import ast
import re

# `def paginate[T](…)` and `class Page[T](…)`, which Python knows since 3.12 (PEP 695).
_TYPE_PARAMETERS = re.compile(r"^((?:async )?def|class) (\w+)\[[^\]\n]*\](?=[(:])", re.MULTILINE)


def parse(text: str) -> ast.Module | None:
    """Return what a module says, without the parameters of its types, or None if it cannot be read."""
    try:
        return ast.parse(_TYPE_PARAMETERS.sub(r"\1 \2", text))
    except (SyntaxError, ValueError, RecursionError):
        return None
