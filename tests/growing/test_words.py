"""Every name that the written code uses beside those of a feature is refused, or given another."""

import ast
import builtins
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from growing.drawing import KINDS
from scaffold.growing import fields, names, words
from scaffold.growing.feature import Feature
from scaffold.growing.found import FRAMEWORKS, Found
from scaffold.growing.rendering import render
from scaffold.growing.rows import Model

USERS = {"users": Model("users", "User", "users", ())}
# Nothing else in the code has this in its name.
PLURAL, SINGULAR, CLASS = "zebras", "zebra", "Zebra"


@cache
def written() -> list[tuple[str, ast.Module]]:
    """The modules of a feature with fields of every kind, in each kind of project."""
    given = [f"xx_{number}:{kind}" for number, kind in enumerate([*KINDS, "enum:a,b"])]
    found: list[tuple[str, ast.Module]] = []
    for kind in [*FRAMEWORKS, "drf"]:
        framework = "django" if kind == "drf" else kind
        for auth, owner in (("none", False), ("jwt", False), ("jwt", True)):
            shown = framework == "django" and auth != "none"
            name = names.name(PLURAL, None, "shop")
            feature = Feature(name, fields.fields(given), owner, shown, shown)
            answers = {"framework": framework, "api": kind, "auth": auth, "database": "sqlite"}
            files = render(feature, Found(Path("nowhere"), "shop", answers), USERS)
            found += [
                (Path(path).stem, ast.parse(text))
                for path, text in files.items()
                if path.endswith(".py") and "migrations" not in path
            ]
    return found


def used(tree: ast.AST) -> set[str]:
    """The names in a part of the code."""
    return {name for node in ast.walk(tree) for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (each.asname or each.name for each in node.names)


def others(found: set[str]) -> set[str]:
    """Those that are not made of the feature's, or of a field's."""
    return {
        name
        for name in found - set(vars(builtins))
        if SINGULAR not in name.lower() and "xx" not in name.lower() and name[0] != "_"
    }


def test_no_variable_is_called_as_another() -> None:
    functions = [
        used(node)
        for _, tree in written()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = others({name for each in functions if SINGULAR in each for name in each})
    assert "session" in found
    assert {name for name in found if name.islower() and not words.taken_as_variable(name)} == set()


@pytest.mark.parametrize("modules", [None, {"schemas", "serializers"}], ids=["models", "types"])
def test_no_class_is_called_as_another(modules: set[str] | None) -> None:
    trees = [tree for module, tree in written() if modules is None or module in modules]
    found = others(
        {name for tree in trees if CLASS in (its := used(tree)) or modules for name in its}
    )
    classes = {name for name in found if not name.islower() and not name.isupper()}
    taken = words.taken_as_type if modules else words.taken_as_class
    assert "Timestamps" in found or modules
    assert {name for name in classes if not taken(name)} == set()
