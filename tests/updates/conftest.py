"""The releases that have been, from the history of this repository."""

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from answering import ROOT
from conftest import git
from packaging.version import Version

import hatch_build

from .past import Template

NEXT = "v999.0.0"
At = Callable[[str], Template]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of every release, and as the next one the template as it stands."""
    if not hatch_build._has_history(ROOT):
        pytest.skip(
            "this is no clone of the whole repository: there are no releases to update from"
        )
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    folder = tmp_path_factory.mktemp("history")
    hatch_build.pack(ROOT, Version(stated), folder / "packed.bundle")
    git(folder, "clone", "--quiet", "packed.bundle", "template")
    template = folder / "template"
    for name in hatch_build.OWNED:
        place = template / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place)
    git(template, "add", "--all")
    git(template, "commit", "--quiet", "--allow-empty", "--message", NEXT)
    git(template, "tag", NEXT)
    # It is cloned many times.
    git(template, "gc", "--quiet")
    return template


@pytest.fixture(scope="session")
def at(history: Path, tmp_path_factory: pytest.TempPathFactory) -> At:
    """Reads the template of a release."""
    folder = tmp_path_factory.mktemp("at")
    seen: dict[str, Template] = {}

    def at(name: str) -> Template:
        if name not in seen:
            git(folder, "clone", "--quiet", "--branch", name, str(history), name)
            seen[name] = Template(folder / name)
        return seen[name]

    return at
