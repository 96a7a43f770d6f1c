"""The migrations of Django's apps: what other answers need comes after what is there, in each app."""

from collections.abc import Collection, Iterator, Mapping

from scaffold.errors import NoTransition
from scaffold.migrating.graph import App, apps, is_migration
from scaffold.migrating.step import Step

__all__ = ["brought", "is_migration", "split", "written"]


def brought(
    known: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, str]:
    """Return the migrations of the new render that a project has not had: it may have deleted others."""
    return {path: theirs[path] for path in theirs.keys() - ours.keys() - known.keys()}


def written(
    step: Step, known: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, bytes]:
    """Return the migrations that make a step beside those that are `known` or brought, by path.

    What these make together is read from themselves: what an option lost before comes back.

    Raises:
        NoTransition: if they do not fit together.
        TemplateFailed: if one cannot be rendered.
    """
    more = brought(known, ours, theirs)
    found, installed = apps({**known, **more}), apps(theirs)
    removed = {app.name for folder, app in apps(ours).items() if folder not in installed}
    if wrong := next(_broken(found.values(), removed), None):
        raise NoTransition(wrong)
    made: dict[str, bytes] = {}
    for folder in sorted(installed.keys() & found.keys()):
        app, parts = found[folder], step.told_in(found[folder].name)
        gone = [part for part, told in parts.items() if part not in step.after and app.makes(told)]
        back = [part for part, told in parts.items() if part in step.after and not app.makes(told)]
        is_forked = len(app.last) > 1 and any(path.startswith(app.folder) for path in more)
        if gone or back or is_forked:
            path = f"{app.folder}{app.next_number}_{_words(gone, back)}.py"
            made[path] = step.write(app.name, follows=app.last, gone=gone, back=back)
    return made


def split(files: Mapping[str, str]) -> list[str]:
    """Return what `migrate` cannot decide, in sentences with the command that mends it."""
    try:
        found = apps(files)
    except NoTransition as error:
        return [str(error)]
    circles = [sentence for app in found.values() for sentence in _circle(app)]
    return circles + [
        f"{' and '.join(app.last)} are both the last migration of {app.name}: "
        "join them by `uv run python manage.py makemigrations --merge`"
        for app in found.values()
        if len(app.last) > 1
    ]


def _circle(app: App) -> Iterator[str]:
    if app.migrations and not app.last:
        yield f"the migrations in {app.folder} follow each other: change one of them"


def _broken(found: Collection[App], removed: Collection[str]) -> Iterator[str]:
    """Yield what Django would not load once the apps are gone that are removed."""
    known: dict[str, set[str]] = {}
    for app in found:
        known.setdefault(app.name, set()).update(app.names)
    for app in found:
        if app.name in removed:
            continue
        yield from _circle(app)
        for each in app.migrations.values():
            for label, name in each.follows:
                if label in removed:
                    yield (
                        f"{each.path} comes after {label}.{name}, and {label} goes: "
                        f"take it out of its dependencies, and what it needs of {label} with it"
                    )
                elif label == app.name and name not in known[label]:
                    yield (
                        f"{each.path} comes after {name}, which is not there: bring its file back "
                        "with `git restore --source=HEAD`, or name another in it"
                    )


def _words(gone: list[str], back: list[str]) -> str:
    verbs = (("drop", gone), ("add", back))
    return "_".join(w for verb, parts in verbs if parts for w in (verb, *parts)) or "merge"
