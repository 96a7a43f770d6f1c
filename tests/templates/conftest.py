"""Renders each combination once a session, in memory, from the working tree as it is."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest
from answering import ROOT
from combinations import Combination, everything
from conftest import put

from scaffold.template import tree
from scaffold.template.context import Origin
from scaffold.template.preview import Template


@dataclass(frozen=True, eq=False)
class Project:
    """A rendered combination: each of its files by path."""

    combination: Combination
    contents: Mapping[str, bytes]
    place: Path = field(repr=False)

    @cached_property
    def root(self) -> Path:
        """The folder in which the files are, for tools that read them there."""
        put(self.place, self.contents)
        return self.place

    @cached_property
    def paths(self) -> list[PurePosixPath]:
        """Where the files are, sorted."""
        return sorted(map(PurePosixPath, self.contents))

    @cached_property
    def texts(self) -> dict[str, str]:
        """The files as texts, line ends as they are."""
        return {str(path): self.contents[str(path)].decode("utf-8") for path in self.paths}

    def read(self, path: str) -> str:
        """A file's text, line ends as they are."""
        return self.texts[path]

    def module(self, path: str) -> str:
        """The text of a module of the import package."""
        return self.read(f"src/{self.combination.package}/{path}")

    def lines(self) -> Iterator[tuple[str, str]]:
        """Each line of each file, with the path that it is in."""
        return ((name, line) for name, text in self.texts.items() for line in text.splitlines())

    def variables(self) -> list[str]:
        """What `.env.example` sets or shows commented out."""
        return re.findall(r"^#?\s?([A-Z][A-Z0-9_]*)=", self.read(".env.example"), re.MULTILINE)


Render = Callable[[Combination], Project]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template alone, as a folder without history."""
    copy = tmp_path_factory.mktemp("template")
    shutil.copy(ROOT / "copier.yml", copy)
    shutil.copytree(ROOT / "templates", copy / "templates")
    return copy


@pytest.fixture(scope="session")
def preview(template: Path) -> Template:
    """The same in memory."""
    return Template(tree.folder(template))


@pytest.fixture(scope="session")
def rendered(preview: Template, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Renders a combination, or hands out what was rendered before."""
    seen: dict[str, Project] = {}

    def render(combination: Combination) -> Project:
        if combination.name not in seen:
            files = preview.render(combination.answers, Origin(str(template)))
            place = tmp_path_factory.getbasetemp() / "projects" / str(len(seen))
            seen[combination.name] = Project(combination, files, place)
        return seen[combination.name]

    return render


@pytest.fixture(scope="session")
def projects(rendered: Render) -> list[Project]:
    """Every combination's project."""
    return [rendered(combination) for combination in everything()]


@pytest.fixture(params=everything(), ids=str)
def project(request: pytest.FixtureRequest, rendered: Render) -> Project:
    """One combination's project after the other."""
    return rendered(request.param)
