"""What an update costs, against plain Copier in the same run."""

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from combinations import all_on
from conftest import COMMAND, Runner, git, release

from .updating import started

ROUNDS = 5
ALLOWED = 1.3
DEFAULT = {"project_name": "Demo", "framework": "fastapi"}


def seconds(command: Sequence[str], folder: Path, environment: dict[str, str]) -> float:
    """The time of processors that a command takes with all that it calls: other load changes it little."""
    before = os.times()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


@pytest.mark.matrix
@pytest.mark.parametrize(
    "answers", [DEFAULT, all_on("django").answers], ids=["fastapi", "django-all-on"]
)
def test_an_update_costs_about_what_plain_copier_does(
    own_template: Path, scaffold: Runner, tmp_path: Path, answers: dict[str, object]
) -> None:
    template = Path(shutil.copytree(own_template, tmp_path / "template"))
    project = started(template, "v1.0.0", answers, scaffold.folder / "demo")
    release(template, "v2.0.0")
    ours = (*COMMAND, "update", "--yes")
    plain = (sys.executable, "-m", "copier", "update", "--defaults", "--quiet")
    taken: dict[Sequence[str], list[float]] = {ours: [], plain: []}
    for _ in range(ROUNDS):
        for command, each in taken.items():
            each.append(seconds(command, project, scaffold.environment))
            assert git(project, "status", "--porcelain")
            git(project, "reset", "--quiet", "--hard")
    ratio = statistics.median(taken[ours]) / statistics.median(taken[plain])
    print(f"{ratio:.2f} of plain Copier: {taken}")
    assert ratio <= ALLOWED
