"""The sequence of `scaffold feature`: what is asked for, whether it can be, the files, and what is left to do."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold import report
from scaffold.growing import adding, fields, found, names, rows, writing
from scaffold.growing.adding import Written
from scaffold.growing.feature import Feature, check_fits
from scaffold.growing.found import Found
from scaffold.making import destination
from scaffold.report import Report
from scaffold.updating import recorded, refusals, repository


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    project: str | None
    name: str
    fields: tuple[str, ...]
    singular: str | None
    owner: bool
    admin: bool
    pages: bool
    allow_dirty: bool
    dry_run: bool


def add(request: Request, to: Report) -> int:
    """Write a feature into a project, and return the exit status.

    Raises:
        ScaffoldError: if that cannot be done; nothing has then been written.
    """
    project = found.find(recorded.folder(request.project))
    if not request.allow_dirty:
        refusals.old_git()
        tree = repository.find(project.folder)
        refusals.unfinished(tree)
        refusals.changed(tree)
    name = names.name(request.name, request.singular, project.package)
    found.check_free(project, name)
    feature = Feature(
        name, fields.fields(request.fields), request.owner, request.admin, request.pages
    )
    known = rows.models(project)
    check_fits(feature, project, known)
    written = adding.written(feature, project, known)
    _show(feature, written, to)
    result = _described(feature, project, written)
    if request.dry_run:
        if to.as_json:
            to.json(result | {"applied": False})
        return 0
    writing.write(project.folder, written.files, written.before)
    undo = _undo(project, written)
    steps = _next_steps(feature, project, written)
    for entry in written.by_hand:
        to.warn(
            f"{entry.list} in {entry.path} is not a list with an entry a line: add {entry.line} to it by hand"
        )
    to.say()
    to.say(f"ok {len(written.files)} files, yours from now on: no update touches them", "green")
    report.next_steps(to, steps)
    to.say()
    to.say("To undo all of it:", "dim")
    to.say(f"  {undo}")
    if to.as_json:
        to.json(result | {"applied": True, "next_steps": steps, "undo": undo})
    return 0


def _show(feature: Feature, written: Written, to: Report) -> None:
    name = feature.name
    to.say(f"{name.plural}: each {name.article} {name.one}, {name.model}", "bold")
    width = max((len(field.name) for field in feature.fields), default=0)
    for field in feature.fields:
        marks = f"{', may be null' * field.is_optional}{', unique' * field.is_unique}"
        more = (
            ", ".join(field.choices) or field.target or (str(field.length) if field.length else "")
        )
        to.say(f"  {field.name:{width}}  {field.kind}{f' {more}' if more else ''}{marks}")
    to.say()
    for path, text in written.files.items():
        if path not in written.before:
            to.say(f"  {path}  ({text.count(chr(10))} lines)")
    for entry in written.entries:
        to.say(f"  {entry.path}: {entry.line} in {entry.list}", "cyan")


def _described(feature: Feature, project: Found, written: Written) -> dict[str, Any]:
    name = feature.name
    return {
        "project": str(project.folder),
        "framework": project.framework,
        "feature": {
            "name": name.plural,
            "singular": name.singular,
            "model": name.model,
            "path": f"/api/v1/{name.plural}",
            "owner": feature.has_owner,
            "admin": feature.has_admin,
            "pages": feature.has_pages,
            "fields": [
                {
                    "name": field.name,
                    "type": field.kind,
                    "length": field.length or None,
                    "choices": list(field.choices),
                    "refers_to": field.target or None,
                    "optional": field.is_optional,
                    "unique": field.is_unique,
                }
                for field in feature.fields
            ],
        },
        "files": [
            {"path": path, "kind": "changed" if path in written.before else "new", "text": text}
            for path, text in written.files.items()
        ],
        "registered": [entry._asdict() for entry in written.entries],
        "to_add": [entry._asdict() for entry in written.by_hand],
    }


def _undo(project: Found, written: Written) -> str:
    git = destination.git(project.folder)
    new = [path for path in written.files if path not in written.before]
    # What is in a folder of the feature's own goes with the folder.
    own = {str(Path(path).parent) if f"src/{project.package}/" in path else path for path in new}
    folders = sorted(path for path in own if own.isdisjoint(map(str, Path(path).parents)))
    clean = f"{git} clean -fd -- {shlex.join(folders)}"
    if not written.before:
        return clean
    return f"{git} restore -- {shlex.join(sorted(written.before))} && {clean}"


def _next_steps(feature: Feature, project: Found, written: Written) -> list[str]:
    steps = destination.reach(project.folder)
    steps += [f"add {entry.line} to {entry.list} in {entry.path}" for entry in written.by_hand]
    message = shlex.quote(f"Add {feature.name.many}")
    return [*steps, "make migrate", "make check", f"git add --all && git commit -m {message}"]
