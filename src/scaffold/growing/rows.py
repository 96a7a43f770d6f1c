"""The models of a project as their modules tell them: what a test has to give a row that it refers to."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scaffold.errors import BadField
from scaffold.growing.found import Found
from scaffold.updating.parsing import parse

_VALUES = {
    "str": "str(number)",
    "int": "number",
    "float": "float(number)",
    "bool": "True",
    "Decimal": "Decimal(number)",
    "UUID": "UUID(int=number)",
    "date": "dt.date(2026, 1, number + 1)",
    "datetime": "dt.datetime(2026, 1, number + 1, tzinfo=dt.UTC)",
}


_DJANGO = {
    "CharField": "str",
    "TextField": "str",
    "EmailField": "str",
    "SlugField": "str",
    "IntegerField": "int",
    "PositiveIntegerField": "int",
    "PositiveSmallIntegerField": "int",
    "FloatField": "float",
    "BooleanField": "bool",
    "DecimalField": "Decimal",
    "UUIDField": "UUID",
    "DateField": "date",
    "DateTimeField": "datetime",
    "ForeignKey": "UUID",
    "OneToOneField": "UUID",
}


class Model(NamedTuple):
    """A model: its feature's package, its class, its table, and the columns that a row must be given."""

    package: str
    name: str
    table: str
    needs: tuple[tuple[str, str, str], ...]


class Row(NamedTuple):
    """Rows that a test makes: a variable, the class, where that is, and the arguments."""

    variable: str
    model: str
    package: str
    arguments: tuple[tuple[str, str], ...]


def models(project: Found) -> dict[str, Model]:
    """Return the models of a project's features by their tables."""
    found: dict[str, Model] = {}
    for package in sorted(project.features()):
        tree = parse(project.text(project.inside(f"{package}/models.py")) or "")
        for node in tree.body if tree else ():
            if not isinstance(node, ast.ClassDef):
                continue
            if table := _table(node):
                found[table] = Model(package, node.name, table, tuple(_needs(node)))
            elif package not in found and (_is_djangos(node) or list(_columns(node))):
                needs = tuple(each for each in _columns(node) if each[1])
                found[package] = Model(package, node.name, package, needs)
    return found


def rows(table: str, variable: str, known: Mapping[str, Model]) -> list[Row]:
    """Return what has to be made so that there is something to refer to, in that order.

    Raises:
        BadField: if that cannot be told from the model.
    """
    model = known[table]
    before: list[Row] = []
    arguments: list[tuple[str, str]] = []
    for column, kind, target in model.needs:
        if target and target in known and target != table:
            name = f"{variable}_{column.removesuffix('_id')}"
            before += rows(target, name, known)
            arguments.append((column, f"{name}_rows[number].id"))
        elif kind in _VALUES and not target:
            arguments.append((column, _VALUES[kind]))
        else:
            raise BadField(
                f"a test has to make a row of {table}, and cannot tell what {model.name}.{column} takes: "
                "give the column a default, or make the feature without the reference and add it by hand"
            )
    return [*before, Row(variable, model.name, model.package, tuple(arguments))]


def distinct(made: Iterable[Row]) -> list[Row]:
    """Return the rows with other values where there are some of their model already: one may be unique."""
    counted: Counter[str] = Counter()
    found = []
    for row in made:
        apart = f"number + {3 * counted[row.model]}" if counted[row.model] else "number"
        values = [
            (column, value if "_rows[" in value else value.replace("number", apart))
            for column, value in row.arguments
        ]
        found.append(row._replace(arguments=tuple(values)))
        counted[row.model] += 1
    return found


def _table(node: ast.ClassDef) -> str | None:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            names = [each.id for each in line.targets if isinstance(each, ast.Name)]
            if "__tablename__" in names:
                return str(line.value.value)
    return None


def _needs(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Yield the columns without a default: the name, the type, and the table that they refer to."""
    for line in node.body:
        if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
            continue
        note = ast.unparse(line.annotation)
        if not note.startswith("Mapped[") or "None" in note or "Optional" in note:
            continue
        target, given = "", False
        for call in ast.walk(line.value) if line.value else ():
            if isinstance(call, ast.Call):
                name = call.func.id if isinstance(call.func, ast.Name) else ""
                given |= any(
                    each.arg in ("default", "server_default", "default_factory", "init")
                    for each in call.keywords
                ) or name in ("relationship", "column_property")
                if name == "ForeignKey" and isinstance(call.args[0], ast.Constant):
                    target = str(call.args[0].value).partition(".")[0]
        if not given:
            kind = note.removeprefix("Mapped[").removesuffix("]").rpartition(".")[2]
            yield line.target.id, kind, target


def _is_djangos(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    return not bases.isdisjoint({"Timestamps", "models.Model"}) and "Base" not in bases


def _columns(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Yield the fields of a model of Django's as `_needs` does; those with a default have no type."""
    for line in node.body:
        if not (isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)):
            continue
        call, target = line.value, line.targets[0]
        module, _, kind = ast.unparse(call.func).rpartition(".")
        if not isinstance(target, ast.Name) or module != "models":
            continue
        given = {each.arg for each in call.keywords}
        if given & {"default", "null", "auto_now", "auto_now_add", "primary_key", "db_default"}:
            yield target.id, "", ""
            continue
        refers = kind in ("ForeignKey", "OneToOneField") and bool(call.args)
        to = ast.literal_eval(call.args[0]) if refers and _is_text(call.args[0]) else ""
        name = f"{target.id}_id" if refers else target.id
        yield name, _DJANGO.get(kind, kind), to.partition(".")[0] or ("?" if refers else "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
