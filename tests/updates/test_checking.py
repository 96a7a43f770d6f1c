"""`--check`: whether `make check` is run after a change, and what is said of how it ended."""

import json
from pathlib import Path

import pytest
from conftest import Inside, Runner, commit, git, script
from terminal import small_template

from .updating import started

LAST = "make: *** [Makefile:12: test] Error 1"
FAILS = f"echo 1 failed; echo Building >&2; echo '{LAST}' >&2; exit 2"
PYPROJECT = """\
[project]
name = "demo"
dependencies = [{% if database == "postgresql" %}"psycopg"{% endif %}]
"""
CHANGE = ("set", "-C", "demo", "database=postgresql", "--yes", "--check")


@pytest.fixture
def project(scaffold: Runner, tmp_path: Path) -> Path:
    """A project whose database can be changed, and its dependencies with it if it has a lock."""
    template = small_template(tmp_path / "asking")
    (template / "template/notes.txt.jinja").write_text("{{ database }}\n")
    (template / "template/pyproject.toml.jinja").write_text(PYPROJECT)
    commit(template, "Files", "v1.1.0")
    given = {"project_name": "demo", "framework": "fastapi"}
    return started(template, "v1.1.0", given, scaffold.folder / "demo")


def path(runner: Runner, folder: Path, make: str) -> str:
    """Programs as ever, but for this one in the place of make."""
    script(folder / "bin/make", f'echo "$*" >> "{folder}/calls"; {make}')
    return f"{folder / 'bin'}:{runner.environment['PATH']}"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("make", "flags", "status", "ended", "warned"),
    [
        pytest.param("", ["--trust"], 0, "done", "", id="passes"),
        pytest.param(FAILS, ["--trust"], 1, "failed", f"check failed: {LAST}", id="fails"),
        pytest.param("", [], 0, "skipped", "", id="not trusted"),
    ],
)
def test_a_project_is_checked_if_its_template_is_trusted(
    project: Path,
    inside: Inside,
    tmp_path: Path,
    make: str,
    flags: list[str],
    status: int,
    ended: str,
    warned: str,
) -> None:
    found = path(inside, tmp_path, make)
    done = inside(*CHANGE, "--json", *flags, PATH=found)
    assert done.returncode == status
    assert (tmp_path / "calls").exists() == (ended != "skipped")
    said = json.loads(done.stdout)
    (check,) = said["steps"]
    assert (check["name"], check["status"]) == ("check", ended)
    assert ("1 failed" in check["detail"]) == (ended == "failed")
    assert ("make check" in said["next_steps"]) == (ended != "done")
    # What is mended is not yet in the index.
    assert ("git add --all" in said["next_steps"]) == (ended == "failed")
    assert f"warning: {warned}\n" in done.stderr if warned else "warning" not in done.stderr
    # What was written stays, whatever came of it.
    assert said["applied"]
    assert said["undo"] in done.stderr
    assert git(project, "status", "--porcelain")


@pytest.mark.slow
def test_what_has_conflicts_is_not_checked(project: Path, inside: Inside, tmp_path: Path) -> None:
    (project / "notes.txt").write_text("Mine.\n")
    commit(project, "Mine")
    found = path(inside, tmp_path, "")
    done = inside(*CHANGE, "--trust", PATH=found)
    assert done.returncode == 4
    assert "-- check: what is for you to decide comes first" in done.stdout
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize("program", ["make", "uv"])
def test_a_run_that_is_stopped_after_it_wrote_says_so(
    project: Path, scaffold: Runner, tmp_path: Path, program: str
) -> None:
    """As with Ctrl-C, which also lets the tests take away what they made elsewhere."""
    found = path(scaffold, tmp_path, "")
    if program == "uv":
        (project / "uv.lock").write_text("old\n")
        commit(project, "Lock")
    stops = f"trap 'touch {tmp_path}/tidy; exit 1' INT; sleep 0.2; kill -INT $PPID; sleep 9"
    script(tmp_path / "bin" / program, f'case "$*" in *workspace*) exit 1;; esac; {stops}')
    done = scaffold(*CHANGE, "--trust", PATH=found)
    assert done.returncode == 130
    assert "warning: stopped; all files are written" in done.stderr
    assert "To undo all of it:\n  git -C " in done.stdout
    assert "  make check\n" in done.stdout
    assert ("  uv lock && git add uv.lock\n" in done.stdout) == (program == "uv")
    assert (tmp_path / "tidy").exists() == (program == "make")
