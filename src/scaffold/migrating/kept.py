"""What a project must go on having since it keeps migrations of options that are off."""

from collections.abc import Iterator, Mapping

from scaffold.errors import NoTransition
from scaffold.migrating.graph import apps, is_migration
from scaffold.template.preview import Template


def facts(template: Template, head: Mapping[str, bytes]) -> dict[str, bool]:
    """Return the facts of the template that are true because of the migrations that HEAD has.

    They are no answers and are not remembered: every render that is compared with the project, or merged
    into it, is given them beside the answers.
    """
    needed = (template.settings.get("schema") or {}).get("kept", {})
    followed = set(_followed(head)) if needed else set()
    return {fact: True for fact, label in needed.items() if label in followed}


def _followed(head: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the apps that migrations come after; one that is in conflict says nothing."""
    for path in filter(is_migration, head):
        try:
            found = apps({path: head[path].decode("utf-8", "replace")})
        except NoTransition:
            continue
        for app in found.values():
            for migration in app.migrations.values():
                yield from (label for label, _ in migration.follows)
