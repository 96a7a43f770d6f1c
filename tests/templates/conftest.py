"""Renders each combination once a session, from the working tree as it is."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from answering import ROOT
from combinations import Combination, everything
from pytest_copie.plugin import Copie

from .rendering import compiled_once


@dataclass(frozen=True)
class Project:
    """A rendered combination."""

    combination: Combination
    root: Path

    @property
    def source(self) -> Path:
        """The import package's folder."""
        return self.root / "src" / self.combination.package

    def files(self) -> list[Path]:
        """Every file, sorted."""
        return sorted(path for path in self.root.rglob("*") if not path.is_dir())

    def read(self, path: str) -> str:
        """A file's text, line ends as they are."""
        return (self.root / path).read_bytes().decode("utf-8")

    def variables(self) -> list[str]:
        """What `.env.example` sets or shows commented out."""
        return re.findall(r"^#?\s?([A-Z][A-Z0-9_]*)=", self.read(".env.example"), re.MULTILINE)


Render = Callable[[Combination], Project]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template alone: rendering it needs no clone of the repository for each combination."""
    copy = tmp_path_factory.mktemp("template")
    shutil.copy(ROOT / "copier.yml", copy)
    shutil.copytree(ROOT / "templates", copy / "templates")
    return copy


@pytest.fixture(scope="session")
def rendered(copie_session: Copie, template: Path) -> Render:
    """Renders a combination, or hands out what was rendered before."""
    seen: dict[str, Project] = {}

    def render(combination: Combination) -> Project:
        if combination.name not in seen:
            with compiled_once():
                result = copie_session.copy(dict(combination.answers), template_dir=template)
            assert result.exception is None, result.exception
            assert result.project_dir is not None
            seen[combination.name] = Project(combination, result.project_dir)
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
