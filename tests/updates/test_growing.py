"""A small project with a feature of its owner's, in which options are turned on by plain Copier.

What the README says to do for a feature never meets what an option adds. The library of the API stays: a
feature is written in it.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from answering import Value, frameworks, values
from combinations import all_off, combination, least, most, ordered, weight
from conftest import commit, git

from .owner import Owner
from .updating import started, updated


def turned_on(framework: str) -> dict[str, dict[str, Any]]:
    """The smallest project with each choice that is more than nothing, and with all of them at once."""
    found: dict[str, dict[str, Any]] = {}
    for name, each in values().items():
        for value in each:
            if weight(value) == 1 and name not in ("framework", "api"):
                row = least(**{"framework": framework, name: value})
                if row:
                    found[f"{name}={_word(value)}"] = dict(combination(ordered(row)).answers)
    return found | {"all": _with_everything(framework)}


def _with_everything(framework: str) -> dict[str, Any]:
    """As many parts as go with SQLite, for which nothing has to be there."""
    small = all_off(framework).answers
    kept = {name: small[name] for name in ("api",) if name in small}
    row = most(framework=framework, database="sqlite")
    return {**small, **combination(ordered(row)).answers, **kept}


def _word(value: Value) -> str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)


def grown(template: Path, framework: str, project: Path) -> Owner:
    """The smallest project, with a feature that is committed."""
    small = {**all_off(framework).answers, "package_name": "demo"}
    started(template, "v1.0.0", small, project)
    owner = Owner(project, framework)
    owner.edits()
    commit(project, "Notes")
    return owner


@pytest.mark.few(0, 1)
@pytest.mark.parametrize("framework", frameworks())
def test_no_option_conflicts_with_a_feature(
    framework: str, own_template: Path, tmp_path: Path
) -> None:
    project = grown(own_template, framework, tmp_path / "demo").project
    met: dict[str, list[str]] = {}
    for name, answers in turned_on(framework).items():
        updated(project, **{**answers, "package_name": "demo"})
        found = git(project, "diff", "--name-only", "--diff-filter=U").split()
        refused = [str(file) for file in project.rglob("*.rej")]
        if found or refused:
            met[name] = found + refused
        linted = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--quiet", "."],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        if linted.returncode and not found:
            met[name] = [linted.stdout]
        git(project, "reset", "--quiet", "--hard")
        git(project, "clean", "--quiet", "--force", "-d")
    assert met == {}


@pytest.mark.slow
@pytest.mark.matrix
@pytest.mark.parametrize("framework", frameworks())
def test_a_project_that_was_grown_is_green(
    framework: str, own_template: Path, tmp_path: Path
) -> None:
    owner = grown(own_template, framework, tmp_path / "demo")
    updated(owner.project, **{**turned_on(framework)["all"], "package_name": "demo"})
    owner.runs("uv", "sync", "--quiet")
    owner.runs("make", "migrate")
    owner.runs("make", "migration", "NAME=add notes")
    owner.runs("make", "check")
