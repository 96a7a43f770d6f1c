"""The files of a feature, rendered from the templates that the tool brings along."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.errors import NoTransition
from scaffold.growing import rows, samples
from scaffold.growing.feature import Feature
from scaffold.growing.fields import Field
from scaffold.growing.found import Found
from scaffold.growing.names import camel
from scaffold.growing.rows import Model
from scaffold.growing.tidying import tidied
from scaffold.migrating import alembic, django, graph

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = files("scaffold.growing") / "templates"
_MODULES = {
    "django": {
        "apps": "django/apps.py",
        "models": "django/models.py",
        "schemas": "_shared/schemas.py",
        "services": "django/services.py",
        "api": "django/api.py",
    },
    "drf": {
        "apps": "django/apps.py",
        "models": "django/models.py",
        "serializers": "django/serializers.py",
        "views": "django/views.py",
        "urls": "django/urls.py",
    },
    "fastapi": {
        "models": "_shared/models.py",
        "schemas": "_shared/schemas.py",
        "services": "fastapi/services.py",
        "router": "fastapi/router.py",
    },
    "flask": {
        "models": "_shared/models.py",
        "schemas": "_shared/schemas.py",
        "services": "flask/services.py",
        "views": "flask/views.py",
    },
}
_VERSIONS = "migrations/versions"


def render(feature: Feature, project: Found, known: Mapping[str, Model]) -> dict[str, str]:
    """Return what is written for a feature, by path.

    Raises:
        NoTransition: if no migration can follow those of the project.
        BadField: if a test cannot make what the feature refers to.
    """
    plural = feature.name.plural
    context = _context(feature, project, known)
    made = {project.inside(f"{plural}/__init__.py"): f'"""{_title(feature)}."""\n'}
    for module, template in _MODULES[project.kind].items():
        made[project.inside(f"{plural}/{module}.py")] = _rendered(template, context)
    if feature.has_admin:
        made[project.inside(f"{plural}/admin.py")] = _rendered("django/admin.py", context)
    if feature.has_pages:
        for module in ("forms", "pages"):
            made[project.inside(f"{plural}/{module}.py")] = _rendered(
                f"django/{module}.py", context
            )
        for page in ("list", "detail", "form", "delete"):
            path = project.inside(f"{plural}/templates/{plural}/{page}.html")
            made[path] = _rendered(f"django/{page}.html", context)
    made[f"tests/test_{plural}.py"] = _rendered(f"{project.framework}/test.py", context)
    if project.framework == "django":
        folder = project.inside(f"{plural}/migrations")
        made[f"{folder}/__init__.py"] = ""
        made[f"{folder}/0001_initial.py"] = _of_django(feature, project, context)
    else:
        path, migration = _migration(feature, project, context)
        made[path] = migration
    return made


def _title(feature: Feature) -> str:
    return feature.name.many.capitalize()


def _context(feature: Feature, project: Found, known: Mapping[str, Model]) -> dict[str, Any]:
    references = [
        {"name": each.name, "label": each.label, "model": known[each.target].name, "field": each}
        for each in feature.references
    ]
    made = rows.distinct(
        row for each in feature.references for row in rows.rows(each.target, each.stem, dict(known))
    )
    unique = [field.label for field in feature.unique]
    conflict = bool(unique)
    shared = " or ".join([*filter(None, [", ".join(unique[:-1])]), *unique[-1:]])
    targets = sorted(
        {(known[each.target].package, known[each.target].name) for each in feature.references}
    )
    return {
        "name": feature.name,
        "title": _title(feature),
        "fields": feature.fields,
        "has_owner": feature.has_owner,
        "has_admin": feature.has_admin,
        "has_forms": feature.has_admin or feature.has_pages,
        "has_pages": feature.has_pages,
        "admin": _admin(feature, project, known),
        **_pages(feature, known),
        "has_auth": project.has_auth,
        "package": project.package,
        "searched": feature.searched,
        "sorts": feature.sorts,
        "is_unique": conflict,
        "unique": feature.unique,
        "uniques": shared if len(shared) <= 40 else "value",
        "references": references,
        "targets": targets,
        "rows": made,
        "is_django": project.framework == "django",
        "is_mysql": project.answers.get("database") == "mysql",
        "config": f"{camel(feature.name.plural)}Config",
        "labels": {table: f"{model.package}.{model.name}" for table, model in known.items()},
        "row_models": sorted({(row.package, row.model) for row in made}),
        "titled": next((each.name for each in feature.searched if not each.is_optional), ""),
        # Django adds an "s" where it is told nothing.
        "plural_differs": f"{feature.name.one}s" != feature.name.many,
        "raises": _raises(conflict, bool(references), found=False),
        "raises_too": _raises(conflict, bool(references), found=True).strip(),
        "taken": samples.taken,
        "refused": samples.refused,
        "differ": samples.differ,
    }


def _admin(feature: Feature, project: Found, known: Mapping[str, Model]) -> dict[str, list[str]]:
    """Return what Django's admin shows: six columns, the ways to narrow a list down, and what is chosen how."""
    owner = {"owner": "users"} if feature.has_owner else {}
    refers = owner | {each.stem: each.target for each in feature.references}
    short = [each.stem for each in feature.fields if each.kind not in ("text", "uuid")]
    shown = short[: 6 - len(owner)] if short else ["__str__"]
    # What is chosen by typing has to be searched in its own admin.
    found = [name for name, table in refers.items() if _is_searched(project, known[table])]
    return {
        "shown": [*shown, *owner, "created_at"],
        "joined": [name for name in refers if name in (*shown, *owner)],
        "filters": [
            each.name
            for each in feature.fields
            if each.kind in ("bool", "enum", "date", "datetime")
        ],
        "found": found,
        "raw": [name for name in refers if name not in found],
    }


def _pages(feature: Feature, known: Mapping[str, Model]) -> dict[str, Any]:
    """Return what pages show: four columns of a list, all there is of one, and what a form cannot offer."""
    # Whoever sees a page need not be allowed to see users, nor what has owners.
    hidden = {
        each.stem
        for each in feature.references
        if each.target == "users" or "owner_id" in {need[0] for need in known[each.target].needs}
    }
    moments = [Field(name, "datetime") for name in ("created_at", "updated_at")]
    short = [each for each in feature.fields if each.kind not in ("text", "uuid", "ref")]
    shown = [
        {"name": each.name, "label": each.label, "shown": _in_html(each, each.stem in hidden)}
        for each in (*feature.fields, *moments)
    ]
    columns = [each.name for each in short[:4]] or ["created_at"]
    return {
        "columns": [each for each in shown if each["name"] in columns],
        "details": shown,
        "typed_in": [name for name in sorted(hidden) if feature.has_owner],
        "required": [
            each for each in feature.fields if not each.is_optional and each.kind != "bool"
        ],
    }


def _in_html(field: Field, is_hidden: bool) -> str:
    name = field.name if is_hidden else field.stem
    filters = {"bool": '|yesno:"yes,no,"', "date": '|date:"Y-m-d"', "datetime": '|date:"Y-m-d H:i"'}
    other = '|default_if_none:""' if field.is_optional else ""
    return f"{{{{ one.{name}{filters.get(field.kind, other)} }}}}"


def _is_searched(project: Found, model: Model) -> bool:
    text = project.text(project.inside(f"{model.package}/admin.py")) or ""
    return f"register({model.name})" in text and "search_fields" in text


def _raises(conflict: bool, invalid: bool, *, found: bool) -> str:
    """Return the sentence on what a service raises."""
    named = [
        each
        for each, is_raised in (
            ("NotFound", found),
            ("Invalid for what refers to nothing", invalid),
            ("Conflict if another has the same", conflict),
        )
        if is_raised
    ]
    if len(named) > 1:
        named[-1] = f"and {named[-1]}"
    return f" Raises {', '.join(named)}." if named else ""


def _of_django(feature: Feature, project: Found, context: Mapping[str, Any]) -> str:
    pattern = project.inside("*/migrations/*.py")
    files = {str(path): text for path, text in project.texts(pattern)}
    if wrong := django.split(files):
        raise NoTransition(f"{wrong[0]}: no migration can follow them before that")
    last = {app.name: app.last[0] for app in graph.apps(files).values() if app.last}
    named = [*(["users"] if feature.has_owner else []), *(f.target for f in feature.references)]
    follows = [(name, last[name]) for name in sorted(set(named)) if name in last]
    return _rendered("django/migration.py", {**context, "dependencies": follows})


def _migration(feature: Feature, project: Found, context: Mapping[str, Any]) -> tuple[str, str]:
    known = {str(path): text for path, text in project.texts(f"{_VERSIONS}/*.py")}
    if wrong := alembic.split(known):
        raise NoTransition(f"{wrong[0]}: no migration can follow them before that")
    follows, needs = alembic.followed(known)
    plural = feature.name.plural
    identity = sha256(repr((plural, feature.fields, follows)).encode()).hexdigest()[:12]
    indexed = [field.name for field in feature.references if not field.is_unique]
    more = {
        "revision": identity,
        "follows": _literal(follows),
        "follows_type": _type(follows),
        "needs": _literal(needs) if needs else "",
        "needs_type": _type(needs),
        "indexed": [*(["owner_id"] if feature.has_owner else []), *indexed, "created_at"],
        "moment": "sa.DateTime(timezone=True)"
        if project.answers.get("database") == "postgresql"
        else "sa.DateTime()",
    }
    written = _rendered("_shared/migration.py", {**context, **more})
    # As `alembic revision` calls it, so that files sort in the order in which they were written.
    return f"{_VERSIONS}/{datetime.now(UTC):%Y%m%d%H%M}_{identity}_{plural}.py", written


def _literal(names: list[str]) -> str:
    quoted = [f'"{each}"' for each in names]
    return quoted[0] if len(quoted) == 1 else f"({', '.join(quoted)})" if quoted else "None"


def _type(names: list[str]) -> str:
    return "tuple[str, ...] | None" if len(names) > 1 else "str | None"


def _rendered(template: str, context: Mapping[str, Any]) -> str:
    is_page = template.endswith(".html")
    text = _environment(is_page).get_template(f"{template}.jinja").render(context)
    return tidied(text, context["package"]) if template.endswith(".py") else text


@cache
def _environment(is_page: bool) -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def read(path: str) -> str:
        return _TEMPLATES.joinpath(*PurePosixPath(path).parts).read_text(encoding="utf-8")

    # What a page has in braces is for those who show it.
    opened, closed = ("[", "]") if is_page else ("{", "}")
    environment = Environment(
        block_start_string=f"{opened}%",
        block_end_string=f"%{closed}",
        variable_start_string=opened * 2,
        variable_end_string=closed * 2,
        comment_start_string=f"{opened}#",
        comment_end_string=f"#{closed}",
        loader=FunctionLoader(read),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["pair"] = lambda value: f'("{value}", "{value}")'
    environment.filters["text"] = lambda value: f'"{value}"'
    return environment
