"""Every project is clean for ruff with its own settings, as rendered."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from .conftest import Project

# One run of Ruff serves them all.
pytestmark = pytest.mark.xdist_group("style")
Findings = dict[Path, list[str]]


def ruff(*arguments: str, roots: list[Path]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *map(str, roots)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def lint(projects: list[Project]) -> Findings:
    """One run over all of them: each file is judged by the settings of the project it is in."""
    roots = [project.root for project in projects]
    run = ruff("check", "--output-format=json", roots=roots)
    assert run.returncode in (0, 1), run.stderr
    found: Findings = defaultdict(list)
    for finding in json.loads(run.stdout):
        path = Path(finding["filename"])
        root = next(root for root in roots if path.is_relative_to(root))
        found[root].append(
            f"{path.relative_to(root)}:{finding['location']['row']} {finding['message']}"
        )
    return found


@pytest.fixture(scope="module")
def unformatted(projects: list[Project]) -> str:
    """The difference that formatting all of them would make."""
    run = ruff("format", "--diff", roots=[project.root for project in projects])
    assert run.returncode in (0, 1), run.stderr
    return run.stdout


def test_lint(project: Project, lint: Findings) -> None:
    assert lint.get(project.root, []) == []


def test_format(project: Project, unformatted: str) -> None:
    hunks = [
        hunk for hunk in unformatted.split("--- ")[1:] if str(project.root) in hunk.splitlines()[0]
    ]
    assert "\n".join(hunks) == ""
