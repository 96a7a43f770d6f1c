"""What Django's projects may have in the schema, by name."""

from typing import Any

from combinations import all_on

from scaffold.migrating.graph import App, apps, is_migration

from .project import Project

USERS = "src/corner_shop/users/migrations/"
STATES: dict[str, dict[str, Any]] = {
    "none": {"auth": "none", "admin": None, "pages": None},
    **{
        "-".join([auth, *(["admin"] if admin else []), *(["pages"] if pages == "htmx" else [])]): {
            "auth": auth,
            "admin": admin,
            "pages": pages,
        }
        for auth in ("jwt", "session")
        for admin in (True, False)
        for pages in ("htmx", "none")
    },
}


def project(state: str) -> Project:
    answers = {**all_on("django").answers, **STATES[state]}
    return Project({name: answer for name, answer in answers.items() if answer is not None})


def graph(project: Project) -> dict[str, App]:
    files = {path: text.decode() for path, text in project.files.items() if is_migration(path)}
    return {app.name: app for app in apps(files).values()}
