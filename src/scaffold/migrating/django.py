"""The migrations of Django's apps: what other answers need comes after what is there, in each app."""

from collections.abc import Iterable, Iterator, Mapping

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
    if wrong := next(_broken(found.values(), apps(ours).keys() - installed), None):
        raise NoTransition(wrong)
    made: dict[str, bytes] = {}
    for name in sorted(installed.keys() & found.keys()):
        app, parts = found[name], step.told_in(name)
        gone = [part for part, told in parts.items() if part not in step.after and app.makes(told)]
        back = [part for part, told in parts.items() if part in step.after and not app.makes(told)]
        is_forked = len(app.last) > 1 and any(path.startswith(app.folder) for path in more)
        if gone or back or is_forked:
            path = f"{app.folder}{app.next_number}_{_words(gone, back)}.py"
            made[path] = step.write(name, follows=app.last, gone=gone, back=back)
    return made


def split(files: Mapping[str, str]) -> list[str]:
    """Return what `migrate` cannot decide, in sentences with the command that mends it."""
    try:
        found = apps(files)
    except NoTransition as error:
        return [str(error)]
    return [
        f"{' and '.join(app.last)} are both the last migration of {app.name}: "
        "join them by `uv run python manage.py makemigrations --merge`"
        for app in found.values()
        if len(app.last) > 1
    ]


def _broken(found: Iterable[App], removed: Iterable[str]) -> Iterator[str]:
    """Yield what Django would not load once the apps are gone that are removed."""
    for app in found:
        if app.name in removed:
            continue
        for each in app.migrations.values():
            for label, name in each.follows:
                if label in removed:
                    yield (
                        f"{each.path} comes after {label}.{name}, and {label} goes: "
                        f"take it out of its dependencies, and what it needs of {label} with it"
                    )
                elif label == app.name and name not in app.names:
                    yield (
                        f"{each.path} comes after {name}, which is not there: bring its file back "
                        "with `git restore --source=HEAD`, or name another in it"
                    )


def _words(gone: list[str], back: list[str]) -> str:
    verbs = (("drop", gone), ("add", back))
    return "_".join(w for verb, parts in verbs if parts for w in (verb, *parts)) or "merge"
