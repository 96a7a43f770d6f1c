"""The renders of a template that an update compares: by Copier, or in memory where nothing is written."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers
from scaffold.errors import TemplateFailed
from scaffold.making import generate
from scaffold.project import Project
from scaffold.template.context import Origin
from scaffold.template.preview import Template
from scaffold.template.source import Source

# It takes a version of a template, answers, a folder to work in and the name of the project's folder,
# and returns where the files are.
Renderer = Callable[[Source, Answers, Path, str], Path]


def by_copier(source: Source, answers: Answers, folder: Path, name: str) -> Path:
    """Render as `scaffold new` does."""
    folder.mkdir()
    project = Project(folder, answers, source.recorded, source.version)
    try:
        return generate.rendered(project, source, {}, folder, name)[0]
    except TemplateFailed as error:
        raise TemplateFailed(f"{source.version}: {error}") from error


def in_memory(source: Source, answers: Answers, folder: Path, name: str) -> Path:
    """Render the same files many times as fast; all are ordinary files."""
    made = folder / name
    made.mkdir(parents=True)
    for path, content in files(source, answers, name).items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    return made


def files(source: Source, answers: Answers, name: str) -> dict[str, bytes]:
    """Return the files of a version, by path."""
    origin = Origin(source.recorded, source.version, source.ref, name)
    return Template(source.files()).render(answers, origin)


def kept(source: Source, answers: Answers, name: str, paths: Iterable[str]) -> set[str]:
    """Return which of a project's paths the template leaves as they are, once they are there."""
    if "skip_if_exists" not in Catalogue(source.catalogue(), source.read).settings:
        return set()
    origin = Origin(source.recorded, source.version, source.ref, name)
    return Template(source.files()).left_alone(answers, origin, paths)


def beside(top: Path) -> Path:
    """Return where this run's folder goes: beside the repository, or where there is room for such."""
    return top.parent if os.access(top.parent, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
