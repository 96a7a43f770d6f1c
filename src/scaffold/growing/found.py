"""The project as it is found: its answers, and the building blocks that a feature stands on."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.errors import BadName, BadProject, NotReady
from scaffold.growing.names import Name
from scaffold.updating import recorded
from scaffold.updating.parsing import parse

# What a feature imports from each module of the package's root.
_BLOCKS = {
    "django": {
        "api.py": ("api",),
        "errors.py": ("Conflict", "Invalid", "NotFound"),
        "models.py": ("Timestamps",),
        "pagination.py": ("paginate",),
        "schemas.py": ("Body", "Page", "PageQuery"),
        "settings.py": ("INSTALLED_APPS",),
    },
    "drf": {
        "errors.py": ("Conflict",),
        "models.py": ("Timestamps",),
        "pagination.py": ("Page", "Search", "Sort"),
        "rest.py": ("urlpatterns",),
        "schema.py": ("problems",),
        "serializers.py": ("EmailField", "ModelSerializer", "StrictCharField"),
        "settings.py": ("INSTALLED_APPS",),
        "views.py": ("ModelViewSet",),
    },
    "fastapi": {
        "db.py": ("Base", "DBSession", "ReadSession", "Timestamps"),
        "features.py": ("FEATURES",),
        "pagination.py": ("paginate",),
        "schemas.py": ("Body", "Page", "PageQuery"),
    },
    "flask": {
        "db.py": ("Base", "Timestamps", "get_session"),
        "errors.py": ("Conflict", "NotFound"),
        "features.py": ("FEATURES",),
        "pagination.py": ("paginate",),
        "schemas.py": ("Body", "Page", "PageQuery"),
    },
}
# Apps that a project has, or that an option adds.
_LABELS = (
    *("contenttypes", "corsheaders", "csp", "django_htmx", "drf_spectacular", "messages", "ninja"),
    *("rest_framework", "sessions", "staticfiles", "whitenoise"),
)
FRAMEWORKS = ("django", "fastapi", "flask")


class Found(NamedTuple):
    """A project: its folder, the package in it, and the answers that it was made with."""

    folder: Path
    package: str
    answers: Mapping[str, Any]

    @property
    def framework(self) -> str:
        """What it is written in."""
        return str(self.answers["framework"])

    @property
    def kind(self) -> str:
        """Its framework, but for Django REST framework, in which a feature has another form."""
        is_drf = self.framework == "django" and self.answers.get("api") == "drf"
        return "drf" if is_drf else self.framework

    @property
    def root(self) -> Path:
        """The package's folder."""
        return self.folder / "src" / self.package

    @property
    def has_auth(self) -> bool:
        """Whether it knows who calls."""
        return bool(self.answers.get("auth", "none") != "none")

    @property
    def has_admin(self) -> bool:
        """Whether it has Django's admin."""
        return self.framework == "django" and self.has_auth and bool(self.answers.get("admin"))

    @property
    def has_pages(self) -> bool:
        """Whether it has pages of Django's that features can have theirs among."""
        is_django = self.framework == "django"
        return is_django and self.has_auth and self.answers.get("pages") == "htmx"

    def text(self, path: str) -> str | None:
        """Return a file of the project, or None if it is not there or no text."""
        try:
            return (self.folder / path).read_bytes().decode()
        except (OSError, ValueError):
            return None

    def texts(self, pattern: str) -> Iterator[tuple[Path, str]]:
        """Yield the paths and texts of the project's files that a pattern names, in order."""
        for path in sorted(self.folder.glob(pattern)):
            yield (named := path.relative_to(self.folder)), self.text(str(named)) or ""

    def inside(self, name: str) -> str:
        """Return the path of what is in the package."""
        return f"src/{self.package}/{name}"

    def features(self) -> set[str]:
        """Return the packages that have models."""
        return {each.parent.name for each in self.root.glob("*/models.py")}


def find(folder: Path) -> Found:
    """Return the project at a folder.

    Raises:
        BadProject: if what it remembers is of no use.
        NotReady: if it lacks what features are made of.
    """
    answers = recorded.read(folder).answers
    framework, package = answers.get("framework"), answers.get("package_name")
    if framework not in FRAMEWORKS or not isinstance(package, str):
        known = ", ".join(FRAMEWORKS)
        raise BadProject(
            f"{folder} follows another template: features are written for projects of {known}"
        )
    project = Found(folder, package, answers)
    if not project.root.is_dir():
        raise NotReady(
            f"src/{package} is not there: a feature is written into the package that the project was made with"
        )
    missing = [
        f"{name} of {project.inside(path)}"
        for path, names in _BLOCKS[project.kind].items()
        for name in names
        if name not in _defined(project.text(project.inside(path)))
    ]
    if missing:
        raise NotReady(
            f"the project has no {missing[0]}, on which features stand: mend the file if it is broken or gone; "
            "a project of an older version is brought up to date with `scaffold update`"
        )
    return project


def check_free(project: Found, name: Name) -> None:
    """Refuse a name that something in the project has.

    Raises:
        BadName: with what has it.
    """
    places = [
        project.inside(name.plural),
        project.inside(f"{name.plural}.py"),
        f"tests/test_{name.plural}.py",
    ]
    for place in places:
        if _holds_something(project.folder / place):
            raise BadName(f"{name.plural} is taken, there is {place}: take another name")
    for path, text in project.texts(project.inside("*/models.py")):
        if name.model in _defined(text):
            raise BadName(
                f"{name.model} is taken, {path.parent.name} has a model of that name: --singular NAME"
            )
    if project.framework == "django" and name.plural in _LABELS:
        raise BadName(f"{name.plural} is an app of Django's: take another name")
    for path, text in project.texts("migrations/versions/*.py"):
        if f'"{name.plural}"' in text:
            raise BadName(
                f"{name.plural} is taken, {path} speaks of a table of that name: take another name"
            )


def _holds_something(place: Path) -> bool:
    """Whether it is there, and more than what Python left in a folder."""
    if not place.is_dir():
        return place.exists() or place.is_symlink()
    return any(each.name != "__pycache__" for each in place.iterdir())


def _defined(text: str | None) -> set[str]:
    """Return what a module defines or imports."""
    tree = parse(text or "")
    names: set[str] = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(each.asname or each.name) for each in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id for each in targets if isinstance(each, ast.Name)}
    return names
