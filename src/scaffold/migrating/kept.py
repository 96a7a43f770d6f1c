"""What a project must go on having since it keeps migrations of options that are off."""

from collections.abc import Mapping

from scaffold.migrating.graph import apps, is_migration
from scaffold.template.preview import Template


def facts(template: Template, head: Mapping[str, bytes]) -> dict[str, bool]:
    """Return the facts of the template that are true because of the migrations that HEAD has.

    They are no answers and are not remembered: every render that is compared with the project, or merged
    into it, is given them beside the answers.

    Raises:
        NoTransition: if a migration is no valid Python.
    """
    needed = (template.settings.get("schema") or {}).get("kept", {})
    files = {path: text.decode() for path, text in head.items() if needed and is_migration(path)}
    followed = {
        label
        for app in apps(files).values()
        for migration in app.migrations.values()
        for label, _ in migration.follows
    }
    return {fact: True for fact, label in needed.items() if label in followed}
