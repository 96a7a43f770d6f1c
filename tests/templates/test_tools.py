"""The Dockerfiles, workflows and pages, through the linters that exist for them; each distinct text once."""

import fnmatch
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from answering import ROOT
from conftest import put

from .conftest import Project

BIN = Path(sys.executable).parent


def tool(name: str) -> str:
    """Where a linter is: beside this interpreter, else on the PATH."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if not found:
        pytest.skip(
            f"{name} is not installed: pip install -e '.[test]' brings it where its package has a wheel"
        )
    return found


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def distinct(projects: list[Project], pattern: str, folder: Path) -> list[Path]:
    """One repository-like folder for each set of files that differs from the others."""
    seen: dict[tuple[tuple[str, bytes], ...], Path] = {}
    for project in projects:
        content = tuple(
            (name, project.contents[name]) for name in fnmatch.filter(project.texts, pattern)
        )
        if content and content not in seen:
            seen[content] = root = folder / str(len(seen))
            put(root, dict(content))
    return list(seen.values())


def test_dockerfiles(projects: list[Project], tmp_path: Path) -> None:
    roots = distinct(projects, "Dockerfile", tmp_path)
    assert roots
    run(
        tool("hadolint"),
        "--failure-threshold",
        "style",
        *(str(root / "Dockerfile") for root in roots),
    )


def test_workflows_with_actionlint(projects: list[Project], tmp_path: Path) -> None:
    roots = [*distinct(projects, ".github/*", tmp_path), ROOT]
    assert len(roots) > 1
    run(
        tool("actionlint"),
        *(str(path) for root in roots for path in sorted(root.glob(".github/workflows/*.yml"))),
    )


def test_pipelines_and_renovate_with_their_schemas(projects: list[Project], tmp_path: Path) -> None:
    check = (tool("check-jsonschema"), "--builtin-schema")
    for name, schema in {
        ".gitlab-ci.yml": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
        "renovate.json": ("vendor.renovate",),
    }.items():
        roots = distinct(projects, name, tmp_path / name)
        assert roots
        run(*check, *schema, *(str(root / name) for root in roots))


def test_pages_with_djlint(projects: list[Project], tmp_path: Path) -> None:
    roots = distinct(projects, "src/*.html", tmp_path)
    assert roots
    run(tool("djlint"), "--profile=django", "--quiet", *map(str, roots))


@pytest.mark.slow
def test_workflows_with_zizmor(projects: list[Project], tmp_path: Path) -> None:
    roots = [*distinct(projects, ".github/*", tmp_path), ROOT]
    assert len(roots) > 1
    for root in roots:
        run(
            tool("zizmor"), "--offline", "--no-progress", "--persona=regular", str(root / ".github")
        )
