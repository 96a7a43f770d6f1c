"""Migrations as Python reads them, without running them."""

import ast


def parsed(path: str, text: str) -> ast.Module:
    """Return the module that a text is.

    Raises:
        SyntaxError: if it is none, or one that Python does not get to the end of either.
    """
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(
            f"{path} is not valid Python: resolve what is in conflict there"
        ) from error
