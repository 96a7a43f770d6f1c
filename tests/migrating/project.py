"""A project in memory that changes its answers as `scaffold set` does it."""

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from answering import ROOT, Answers

from scaffold.migrating import kept
from scaffold.migrating.transition import Transition, transition
from scaffold.template import tree
from scaffold.template.context import Origin
from scaffold.template.preview import Template

ORIGIN = Origin("here")


class Remembering(Template):
    """The template as it stands, which renders the same answers once."""

    def __init__(self) -> None:
        super().__init__(tree.kept(ROOT))
        self._seen: dict[str, dict[str, bytes]] = {}

    def render(self, options: Answers, origin: Origin) -> dict[str, bytes]:
        """As the template does."""
        key = repr((sorted(options.items()), origin))
        if key not in self._seen:
            self._seen[key] = super().render(options, origin)
        return dict(self._seen[key])


@cache
def template() -> Remembering:
    """The template of this repository."""
    return Remembering()


class Project:
    """Its answers, and what each of its files has in it."""

    def __init__(self, answers: Answers) -> None:
        self.answers = dict(answers)
        self.files = template().render(answers, ORIGIN)

    def render(self, answers: Answers) -> dict[str, bytes]:
        """A render that fits to what the project keeps."""
        known = kept.facts(template(), self.files)
        return template().render({**answers, **known}, ORIGIN)

    def set(self, folder: Path, **changes: Any) -> Transition:
        """Change answers, None for none; what the owner edited is merged in a folder."""
        new = {**self.answers, **changes}
        new = {name: answer for name, answer in new.items() if answer is not None}
        change = transition(template(), self.answers, new, self.files)
        before, after = (
            {
                path: each
                for path, each in self.render(answers).items()
                if path not in change.left_out
            }
            for answers in (self.answers, new)
        )
        for path in before.keys() | after.keys():
            mine = self.files.get(path)
            if mine == before.get(path):
                if path in after:
                    self.files[path] = after[path]
                else:
                    del self.files[path]
            elif mine is not None and path in after:
                self.files[path] = merged(folder, mine, before.get(path, b""), after[path])
        assert not change.added.keys() & self.files.keys()
        self.files |= change.added
        self.answers = new
        return change


def merged(folder: Path, *versions: bytes) -> bytes:
    """What git makes of mine, the base and theirs; there must be no conflict."""
    names = ("mine", "base", "theirs")
    for name, content in zip(names, versions, strict=True):
        (folder / name).write_bytes(content)
    command = ["git", "merge-file", "-p", *names]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """The paths that are not as they were."""
    return {path for path, content in before.items() if after.get(path) != content}
