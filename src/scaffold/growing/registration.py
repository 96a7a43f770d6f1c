"""The lists in which a project names its features: one line more in each, or the line to add by hand."""

import ast
from typing import NamedTuple

from scaffold.growing.feature import Feature
from scaffold.growing.found import Found
from scaffold.updating.parsing import parse

_CALLS = "api.add_router"
_NAVIGATION = '<nav aria-label="Main">'


class Entry(NamedTuple):
    """A line that a list takes: in which file, in which list."""

    path: str
    list: str
    line: str


def entries(project: Found, feature: Feature) -> list[Entry]:
    """Return the lines that a feature needs to be part of its project."""
    name = feature.name
    if project.framework == "django":
        app = f"{project.package}.{name.plural}"
        paths = Entry(project.inside("rest.py"), "urlpatterns", f'path("", include("{app}.urls")),')
        router = f'api.add_router("/{name.plural}", "{app}.api.router")'
        return [
            Entry(project.inside("settings.py"), "INSTALLED_APPS", f'"{app}",'),
            paths if project.kind == "drf" else Entry(project.inside("api.py"), _CALLS, router),
            *(_pages(project, feature) if feature.has_pages else []),
        ]
    return [Entry(project.inside("features.py"), "FEATURES", f'"{name.plural}",')]


def _pages(project: Found, feature: Feature) -> list[Entry]:
    name = feature.name
    link = f"""<a href="{{% url '{name.plural}' %}}">{name.many.capitalize()}</a>"""
    if feature.has_owner:
        link = f"{{% if user.is_authenticated %}}{link}{{% endif %}}"
    paths = f'path("", include("{project.package}.{name.plural}.pages")),'
    return [
        Entry(project.inside("urls.py"), "urlpatterns", paths),
        Entry(project.inside("pages/templates/pages/navigation.html"), _NAVIGATION, link),
    ]


def added(text: str, entry: Entry) -> str | None:
    """Return a module with the line at the end of the list; None if it has no such list, an entry a line."""
    if entry.list == _NAVIGATION:
        end = _end(text)
        is_once = text.count(entry.list) == 1
        return text.replace(entry.list, f"{entry.list}{end}  {entry.line}") if is_once else None
    tree = parse(text)
    if tree is None:
        return None
    if entry.list == _CALLS:
        return _called(text, tree, entry)
    found = [value for node in tree.body if (value := _value(node, entry.list)) is not None]
    if len(found) != 1 or not isinstance(found[0], ast.List | ast.Tuple):
        return None
    value = found[0]
    lines = text.splitlines(keepends=True)
    last = (value.end_lineno or 0) - 1
    starts = [each.lineno for each in value.elts]
    closes = lines[last].strip() in (")", "]")
    alone = len(set(starts)) == len(starts) and value.lineno not in starts
    ended = not value.elts or lines[(value.elts[-1].end_lineno or 1) - 1].rstrip().endswith(",")
    if not (closes and alone and ended):
        return None
    lines.insert(last, f"    {entry.line}{_end(lines[last])}")
    return "".join(lines)


def _end(lines: str) -> str:
    """Return what lines end with where these are."""
    return "\r\n" if "\r\n" in lines else "\n"


def _called(text: str, tree: ast.Module, entry: Entry) -> str | None:
    """Return a module with one more call after the last of its kind."""
    ends = [
        node.end_lineno
        for node in tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == entry.list
    ]
    if not ends or ends[-1] is None:
        return None
    lines = text.splitlines(keepends=True)
    lines.insert(ends[-1], f"{entry.line}{_end(lines[ends[-1] - 1])}")
    return "".join(lines)


def _value(node: ast.stmt, name: str) -> ast.expr | None:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if any(isinstance(each, ast.Name) and each.id == name for each in targets):
        return getattr(node, "value", None)
    return None
