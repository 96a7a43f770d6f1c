"""Django's migrations as their files tell them, without Django: what follows what, and what they make."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scaffold.errors import NoTransition
from scaffold.migrating.reading import parsed

_FILE = re.compile(r"(?P<folder>(?:.+/)?(?P<app>\w+)/migrations/)(?P<name>[^\W_]\w*)\.py")
_NUMBER = re.compile(r"\d+")
# In the order in which Django takes them.
_ARGUMENTS = {
    "CreateModel": ("name", "fields"),
    "DeleteModel": ("name",),
    "AddField": ("model_name", "name"),
    "RemoveField": ("model_name", "name"),
}
Name = tuple[str, str]


@dataclass(frozen=True)
class Migration:
    """One file: what it follows and what it replaces, each an app and a name.

    `made` counts models and fields in lower case, `user` and `user.email`; below zero they go.
    """

    path: str
    follows: frozenset[Name]
    replaces: frozenset[Name]
    made: Mapping[str, int]


@dataclass(frozen=True)
class App:
    """One app's migrations by name, without those that another replaces, and what may be its label."""

    name: str
    folder: str
    migrations: Mapping[str, Migration]
    labels: frozenset[str]

    @property
    def names(self) -> set[str]:
        """What its migrations may be called by: they have the names of those that they replace, too."""
        return {*self.migrations, *self._instead}

    @property
    def _instead(self) -> dict[str, str]:
        return {
            old: new
            for new, each in self.migrations.items()
            for app, old in each.replaces
            if app in self.labels
        }

    @property
    def last(self) -> list[str]:
        """The names of those that no other follows; Django wants one."""
        instead = self._instead
        followed = {
            instead.get(parent, parent)
            for name, each in self.migrations.items()
            for app, parent in each.follows
            if app in self.labels and instead.get(parent) != name
        }
        return sorted(self.migrations.keys() - followed)

    @property
    def next_number(self) -> str:
        """What the name of one more begins with."""
        found = filter(None, map(_NUMBER.match, self.migrations))
        return f"{max((int(number[0]) for number in found), default=0) + 1:04}"

    def makes(self, name: str) -> bool:
        """Return whether a model or a field is there when all have run."""
        return sum(each.made.get(name, 0) for each in self.migrations.values()) > 0


def is_migration(path: str) -> bool:
    """Return whether a file of a project is one that databases have run."""
    return bool(_FILE.fullmatch(path))


def apps(files: Mapping[str, str]) -> dict[str, App]:
    """Return the apps by the folders of their migrations: two may be in folders of one name.

    Raises:
        NoTransition: if a migration is no valid Python.
    """
    folders: dict[tuple[str, str], dict[str, Migration]] = {}
    for path, text in sorted(files.items()):
        if (found := _FILE.fullmatch(path)) and (migration := _read(path, text)):
            folder = folders.setdefault((found["app"], found["folder"]), {})
            folder[found["name"]] = migration
    names = {name for name, _ in folders}
    result: dict[str, App] = {}
    for (name, place), each in folders.items():
        labels = _labels(name, each, names)
        result[place] = App(name, place, _left(each, labels), labels)
    return result


def _left(migrations: Mapping[str, Migration], labels: frozenset[str]) -> dict[str, Migration]:
    pairs = (pair for each in migrations.values() for pair in each.replaces)
    replaced = {name for label, name in pairs if label in labels}
    return {name: each for name, each in migrations.items() if name not in replaced}


def _labels(name: str, migrations: Mapping[str, Migration], names: set[str]) -> frozenset[str]:
    """Return the app's name; if its migrations follow none of that name, it may be called otherwise."""
    pairs = {pair for each in migrations.values() for pair in each.follows}
    others = {label for label, parent in pairs if parent in migrations and label not in names}
    return frozenset({name} if any(label == name for label, _ in pairs) else {name, *others})


def _read(path: str, text: str) -> Migration | None:
    """Return what a module says of itself, or None if it is no migration."""
    try:
        module = parsed(path, text)
    except SyntaxError as error:
        raise NoTransition(str(error)) from None
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return _understood(path, node)
    return None


def _understood(path: str, node: ast.ClassDef) -> Migration:
    said = {
        target.id: line.value
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    follows, replaces = (
        frozenset(_names(said[each]) if each in said else ())
        for each in ("dependencies", "replaces")
    )
    made: Counter[str] = Counter()
    for call in ast.walk(said.get("operations", ast.Constant(None))):
        if isinstance(call, ast.Call):
            made.update(_made(call))
    return Migration(path, follows, replaces, made)


def _names(value: ast.expr) -> Iterator[Name]:
    for node in ast.walk(value):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            app, name = map(_text, node.elts)
            if app and name:
                yield app, name


def _made(call: ast.Call) -> dict[str, int]:
    """Return what an operation counts for; what renames or rewrites counts for nothing."""
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    given = dict(zip(_ARGUMENTS.get(kind, ()), call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    name = _text(given.get("name")).lower()
    model = _text(given.get("model_name")).lower()
    match kind:
        case "CreateModel":
            fields = given.get("fields")
            pairs = fields.elts if isinstance(fields, ast.List) else ()
            named = [_text(p.elts[0]) for p in pairs if isinstance(p, ast.Tuple) and p.elts]
            return {name: 1} | {f"{name}.{field.lower()}": 1 for field in named}
        case "DeleteModel":
            return {name: -1}
        case "AddField":
            return {f"{model}.{name}": 1}
        case "RemoveField":
            return {f"{model}.{name}": -1}
        case _:
            return {}


def _text(value: ast.expr | None) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else ""
