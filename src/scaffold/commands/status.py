"""What `scaffold status` shows of a project: its version, a newer one, its options, and what differs."""

from typing import Any

from scaffold.catalogue.values import plain
from scaffold.commands.changing import CONFLICTS
from scaffold.report import Report
from scaffold.updating import keeping, outset, recorded, refusals, renders, repository
from scaffold.updating.differences import differences
from scaffold.updating.recorded import Recorded

NEWER = 3


def show(given: str | None, template: str | None, to: Report, *, exit_code: bool) -> int:
    """Show how a project stands to its template, and return the exit status.

    Raises:
        ScaffoldError: if that cannot be told.
    """
    refusals.old_git()
    folder = recorded.folder(given)
    project = repository.find(folder)
    remembered = recorded.read(folder)
    markers = refusals.markers(project)
    unmerged = refusals.unmerged(project)
    with outset.opened(project, remembered, template=template) as start:
        old, newest = start.old.source, start.target
        newer = old.ref != newest.ref and not outset.goes_back(start)
        made = keeping.informed(start.old, keeping.on_disk(project))
        differing = differences(folder, renders.files(made, folder.name))
    result: dict[str, Any] = {
        "project": str(folder),
        "template": old.described(),
        "newest": newest.described() if newer else None,
        "options": start.answers,
        "different": [each._asdict() for each in differing],
        "markers": markers,
        "unmerged": unmerged,
    }
    to.say(f"{folder}", "bold")
    to.say(f"  {remembered.source}")
    _versions(remembered, newest.version if newer else None, to)
    to.say()
    width = max(map(len, start.answers), default=0)
    for name, value in start.answers.items():
        to.say(f"  {name:{width}}  {plain(value)}")
    to.say()
    count = len(differing)
    to.say(f"{count or 'no'} file{'' if count == 1 else 's'} unlike a fresh render", "bold")
    for each in differing:
        to.say(f"  {each.path}{' (removed)' if each.kind == 'removed' else ''}")
    for path, lines in markers.items():
        to.say(f"conflict markers: {path}, line {', '.join(map(str, lines))}", "bold red")
    for path in unmerged:
        to.say(f"not merged: {path}", "bold red")
    if to.as_json:
        to.json(result)
    if not exit_code:
        return 0
    return CONFLICTS if markers or unmerged else NEWER if newer else 0


def _versions(remembered: Recorded, newest: str | None, to: Report) -> None:
    if newest is None:
        to.say(f"  at {remembered.commit}, up to date", "green")
    else:
        to.say(f"  at {remembered.commit}; {newest} is newer: scaffold update", "yellow")
