"""A project of each release with a feature and data of its owner's, brought to the template as it stands.

The project's own checks tell whether it still works.
"""

import re
from pathlib import Path

import pytest
from answering import ROOT, frameworks
from conftest import Inside, Runner, commit, git
from generated.installed import has_python
from templates.rendering import copied

from .conftest import NEXT
from .owner import Owner
from .past import RELEASES
from .updating import answers, started

# What its owner resolves by hand: where features were registered, each in a line of its own.
FEATURES = "migrations/env.py"
CONFLICTS = {
    "fastapi": {FEATURES, "src/demo/main.py"},
    "flask": {FEATURES, "src/demo/__init__.py"},
    "django": set[str](),
}
# The releases up to which they were registered so.
BY_LINES = {"v0.1.0", "v0.2.0", "v0.3.0"}


@pytest.mark.parametrize("framework", frameworks())
def test_an_owner_can_do_to_this_template_what_is_done_to_its_releases(
    framework: str, tmp_path: Path
) -> None:
    """It is the next release, of which the tests below know nothing until it has its row."""
    given = {"project_name": "Demo", "framework": framework}
    project = copied(ROOT, tmp_path / "demo", given)
    Owner(project, framework).edits()
    for file in project.rglob("*.py"):
        compile(file.read_text(), str(file), "exec")


@pytest.mark.slow
def test_what_an_owner_wrote_is_there_afterwards(history: Path, inside: Inside) -> None:
    project = inside.folder / "demo"
    started(history, "v0.1.0", {"project_name": "Demo", "framework": "flask"}, project)
    owner = Owner(project, "flask")
    owner.edits()
    commit(project, "Notes")
    done = inside("update", "-C", str(project), "--yes", "--vcs-ref", NEXT)
    assert done.returncode == 4, done.stdout + done.stderr
    assert set(owner.resolves()) == CONFLICTS["flask"]
    for path in git(project, "diff", "--name-only", "HEAD~", "HEAD").split():
        shown = git(project, "diff", "--unified=0", "HEAD~", "HEAD", "--", path).splitlines()
        mine = {line[1:] for line in shown if line[0] == "+" and line[:3] != "+++"}
        lost = mine - set((project / path).read_text().splitlines())
        # It is a list with a line for each now.
        assert all(line.startswith("FEATURES") for line in lost), path
    compile((project / FEATURES).read_text(), FEATURES, "exec")


@pytest.mark.slow
@pytest.mark.matrix
@pytest.mark.parametrize("framework", frameworks())
@pytest.mark.parametrize("release", RELEASES)
def test_a_project_of_a_release_goes_on_working(
    history: Path, scaffold: Runner, release: str, framework: str
) -> None:
    project = scaffold.folder / "demo"
    given = {"project_name": "Demo", "framework": framework, "deploy": ["docker"]}
    started(history, release, given, project)
    if not has_python(answers(project)["python_version"]):
        pytest.skip("its Python was not there")
    owner = Owner(project, framework)
    owner.works()
    before = owner.has()
    assert before == (["kept"], ["ann@example.com"])

    done = scaffold("update", "-C", str(project), "--yes", "--trust", "--vcs-ref", NEXT)
    conflicts = CONFLICTS[framework] if release in BY_LINES else set()
    assert done.returncode == (4 if conflicts else 0), done.stdout + done.stderr
    assert set(owner.resolves()) == conflicts

    owner.runs("uv", "sync", "--locked")
    owner.runs("make", "migrate")
    assert re.search(r"\d+ passed", owner.runs("make", "check"))
    assert owner.has() == before
    assert owner.runs("make", "hello").strip() == "hello"
    assert "tabulate" in (project / "pyproject.toml").read_text()
