"""The renders of a template that an update compares: by Copier, or in memory where nothing is written."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers
from scaffold.errors import TemplateFailed
from scaffold.making import generate
from scaffold.project import Project
from scaffold.template.context import Origin
from scaffold.template.preview import Template
from scaffold.template.source import Source


@dataclass(frozen=True)
class Side:
    """A version of the template with answers: what a project was made of, or is to be.

    `facts` are true beside the answers since the project keeps certain migrations.
    """

    source: Source
    answers: Answers
    facts: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def template(self) -> Template:
        """The template in memory."""
        return Template(self.source.files())

    def origin(self, name: str) -> Origin:
        """Return what a project in a folder of that name knows of where it comes from."""
        return Origin(self.source.recorded, self.source.version, self.source.ref, name)


# It takes a side, a folder to work in and the name of the project's folder, and returns where the files are.
Renderer = Callable[[Side, Path, str], Path]


def by_copier(side: Side, folder: Path, name: str) -> Path:
    """Render as `scaffold new` does."""
    folder.mkdir()
    source = side.source
    project = Project(folder, side.answers, source.recorded, source.version)
    try:
        return generate.rendered(project, source, {}, folder, name, side.facts)[0]
    except TemplateFailed as error:
        raise TemplateFailed(f"{source.version}: {error}") from error


def in_memory(side: Side, folder: Path, name: str) -> Path:
    """Render the same files many times as fast; all are ordinary files."""
    made = folder / name
    made.mkdir(parents=True)
    for path, content in files(side, name).items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    return made


def files(side: Side, name: str) -> dict[str, bytes]:
    """Return the files of a version, by path."""
    return side.template.render({**side.answers, **side.facts}, side.origin(name))


def kept(side: Side, name: str, paths: Iterable[str]) -> set[str]:
    """Return which of a project's paths the template leaves as they are, once they are there."""
    if "skip_if_exists" not in Catalogue(side.source.catalogue(), side.source.read).settings:
        return set()
    return side.template.left_alone(side.answers, side.origin(name), paths)


def beside(top: Path) -> Path:
    """Return where this run's folder goes: beside the repository, or where there is room for such."""
    return top.parent if os.access(top.parent, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
