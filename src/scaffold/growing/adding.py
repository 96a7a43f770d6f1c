"""All that a feature writes into a project: its own files, and a line in each list."""

from dataclasses import dataclass

from scaffold.growing import registration, rendering, rows
from scaffold.growing.feature import Feature
from scaffold.growing.found import Found
from scaffold.growing.registration import Entry


@dataclass(frozen=True)
class Written:
    """What is written: each file's new text, what those held that are there, and lines left to add by hand."""

    files: dict[str, str]
    before: dict[str, str]
    entries: tuple[Entry, ...]
    by_hand: tuple[Entry, ...]


def written(feature: Feature, project: Found, known: dict[str, rows.Model]) -> Written:
    """Return what a feature writes into a project; nothing is written yet."""
    files = rendering.render(feature, project, known)
    before: dict[str, str] = {}
    entries, by_hand = [], []
    for entry in registration.entries(project, feature):
        held = files.get(entry.path) or project.text(entry.path)
        text = registration.added(held, entry) if held is not None else None
        if held is None or text is None:
            by_hand.append(entry)
            continue
        before.setdefault(entry.path, held)
        files[entry.path] = text
        entries.append(entry)
    return Written(files, before, tuple(entries), tuple(by_hand))
