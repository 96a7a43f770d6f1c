"""Modules of projects for a Python that is newer than the program's."""

import ast

import pytest

from scaffold.updating.parsing import parse


@pytest.mark.parametrize(
    "line",
    [
        "def first[T](items: list[T]) -> T: ...",
        "async def paginate[T: Row](\n    found: Select[T],\n) -> T: ...",
        "class Page[T](BaseModel): ...",
        "class Box[T]: ...",
    ],
)
def test_type_parameters_are_passed_over(line: str) -> None:
    tree = parse(f"{line}\n")
    assert tree is not None
    (found,) = tree.body

    assert isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    assert found.name in line
