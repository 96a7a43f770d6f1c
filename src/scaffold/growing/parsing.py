"""Modules of a project, whose Python may be newer than the one that this program runs on."""

import ast
import re

# `def paginate[T](…)` and `class Page[T](…)`, which Python knows since 3.12 (PEP 695).
_TYPE_PARAMETERS = re.compile(r"^((?:async )?def|class) (\w+)\[[^\]\n]*\](?=[(:])", re.MULTILINE)


def parse(text: str) -> ast.Module:
    """Return what a module says, without the parameters of its types.

    Raises:
        SyntaxError, ValueError, RecursionError: if it is none that can be read.
    """
    return ast.parse(_TYPE_PARAMETERS.sub(r"\1 \2", text))
