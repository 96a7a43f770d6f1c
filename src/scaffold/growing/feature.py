"""What was asked for: a feature with its names, its fields, and what it has beside them."""

from collections.abc import Collection
from typing import NamedTuple

from scaffold.errors import BadField, NotOffered
from scaffold.growing.fields import Field
from scaffold.growing.found import Found
from scaffold.growing.names import Name


class Feature(NamedTuple):
    """A feature that is to be written into a project."""

    name: Name
    fields: tuple[Field, ...]
    has_owner: bool = False
    has_admin: bool = False
    has_pages: bool = False

    @property
    def searched(self) -> list[Field]:
        """The fields in which `search` looks."""
        return [field for field in self.fields if field.is_searched]

    @property
    def sorts(self) -> list[str]:
        """What a list can be sorted by."""
        return [
            *(field.name for field in self.fields if field.is_sorted),
            "created_at",
            "updated_at",
        ]

    @property
    def unique(self) -> list[Field]:
        """The fields of which no two have the same."""
        return [field for field in self.fields if field.is_unique]

    @property
    def references(self) -> list[Field]:
        """The fields that refer to another feature."""
        return [field for field in self.fields if field.kind == "ref"]


def check_fits(feature: Feature, project: Found, tables: Collection[str]) -> None:
    """Refuse what the project has no place for; `tables` are those of its features.

    Raises:
        NotOffered: for what an option of the project leaves out.
        BadField: for a reference to nothing, or a field that is there anyway.
    """
    if feature.has_owner and not project.has_auth:
        raise NotOffered(
            "--owner needs users who log in, and this project has auth=none: "
            "scaffold set auth=jwt, or leave --owner out"
        )
    if feature.has_admin and not project.has_admin:
        raise NotOffered(_without_admin(project))
    if feature.has_pages and not project.has_pages:
        raise NotOffered(_without_pages(project))
    known = ", ".join(sorted(tables)) or "none yet"
    for field in feature.fields:
        if feature.has_owner and field.stem in ("owner", "owner_id"):
            raise BadField(f"{field.stem} is what --owner adds: leave the field out")
        if field.kind == "ref" and field.target not in tables:
            raise BadField(
                f"{field.name} refers to {field.target}, which is no feature of this project: "
                f"it has {known}"
            )


def _without_admin(project: Found) -> str:
    if project.framework != "django":
        return f"--admin is for Django, which has an admin, and this project is made with {project.framework}: leave it out"
    return _needs(project, "--admin", "Django's admin", "admin=false", "admin=true")


def _without_pages(project: Found) -> str:
    if project.framework != "django":
        return (
            "--pages writes pages of Django's, and this project is made with "
            f"{project.framework}: leave it out"
        )
    return _needs(project, "--pages", "pages", "pages=none", "pages=htmx")


def _needs(project: Found, flag: str, what: str, has: str, wanted: str) -> str:
    auth = "" if project.has_auth else "auth=jwt "
    return (
        f"{flag} needs {what}, and this project has {has}: scaffold set {auth}{wanted}, "
        f"or leave {flag} out"
    )
