"""A project of one version, and its update to the next by plain Copier in this process."""

import re
import shutil
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import commit, contents, git, put
from copier._main import Worker
from templates.rendering import compiled_once

from scaffold.template import tree
from scaffold.template.context import Origin
from scaffold.template.preview import Template

ANSWERS = ".copier-answers.yml"
# What a project has of its own besides what the template gives.
OWN = re.compile(r"\.git/|uv\.lock$|docs/decisions/")


@cache
def _template(template: Path, ref: str) -> Template:
    return Template(tree.committed(template, ref))


def made(template: Path, ref: str, answers: Mapping[str, Any], project: Path) -> Path:
    """A project as `copier copy` makes it: the same bytes, which other tests hold the preview to."""
    put(project, _template(template, ref).render(answers, Origin(str(template), ref, ref)))
    return project


def started(template: Path, ref: str, answers: Mapping[str, Any], project: Path) -> Path:
    """The same, committed by its owner."""
    made(template, ref, answers, project)
    git(project, "init", "--quiet")
    commit(project, "Start")
    return project


def updated(project: Path, ref: str | None = None, **data: Any) -> Path:
    """The project after `copier update --defaults`."""
    with (
        compiled_once(),
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        # It asks git for each file whether the modes of files are kept on the disk, and they are.
        patch.setattr(Worker, "_sync_git_index_executable_bit", lambda *_: None)
        copier.run_update(
            project,
            data,
            vcs_ref=ref,
            settings=copier.Settings(),
            defaults=True,
            overwrite=True,
            quiet=True,
        )
    return project


def answers(project: Path) -> dict[str, Any]:
    """What the project remembers of its questions."""
    recorded: dict[str, Any] = yaml.safe_load((project / ANSWERS).read_text())
    return {name: value for name, value in recorded.items() if not name.startswith("_")}


def fresh(template: Path, ref: str, project: Path) -> Path:
    """A new project beside it, with the same answers."""
    beside = project.with_name(f"{project.name}-fresh")
    shutil.rmtree(beside, ignore_errors=True)
    return made(template, ref, answers(project), beside)


def difference(project: Path, other: Path) -> dict[str, str]:
    """The paths in which they differ."""
    ours, theirs = contents(project), contents(other)
    every = (path for path in sorted(ours | theirs) if not OWN.match(path))
    kinds = {True: "changed", False: "only in one"}
    return {
        path: kinds[path in ours and path in theirs]
        for path in every
        if ours.get(path) != theirs.get(path)
    }
