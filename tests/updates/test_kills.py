"""A run that is killed leaves the project as it was, or what the next run finishes or takes back."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from conftest import README, Inside, Runner, commit, git, script

from .holding import IGNORED, Owned, state
from .updating import started

pytestmark = pytest.mark.slow

ANSWERS = {"project_name": "Demo", "framework": "fastapi"}


@pytest.fixture
def owned(changed_template: Path, inside: Inside, tmp_path: Path) -> Owned:
    """A project with edits, and a release that changes, adds, removes and moves files, one in conflict."""
    first = started(changed_template, "v1.0.0", ANSWERS, tmp_path / "first")
    project = Path(shutil.copytree(first, inside.folder / "demo"))
    readme, dockerfile = project / "README.md", project / "Dockerfile"
    readme.write_text(f"{readme.read_text()}\nMine.\n")
    dockerfile.write_text(f"# Mine.\n{dockerfile.read_text()}")
    one = Owned(project, first, inside)
    one.commit()
    root = changed_template / "templates/fastapi"
    with (changed_template / README).open("a") as file:
        file.write("\nTheirs.\n")
    with (root / "Dockerfile.jinja").open("a") as file:
        file.write("\n# Theirs.\n")
    (root / "pyproject.toml.jinja").rename(root / "renamed.toml.jinja")
    for number in range(4):
        (root / f"new {number}").mkdir()
        (root / f"new {number}" / "file.txt").write_text(f"{number}\n")
    (root / "Dockerfile.jinja").rename(root / "new 0" / "Dockerfile.jinja")
    commit(changed_template, "Release", "v2.0.0")
    return one


def test_before_every_change_and_again_while_it_is_taken_back(owned: Owned) -> None:
    file = Path(__file__).with_name("dying.py")
    command = [sys.executable, str(file), str(owned.project), "v2.0.0"]
    environment = owned.scaffold.environment
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    assert [int(each) > 9 for each in done.stdout.split()] == [True, True]


# As git leaves it when it is killed itself: part of the files, one of them half, and the index of before.
HALF = """
case "$*" in
*"read-tree -m"*)
    cp .git/index .git/before; {git} "$@"; mv .git/before .git/index; : > .git/index.lock
    {git} show HEAD:Dockerfile > Dockerfile; rm -r "new 1"; : > "new 2/file.txt"
    head -c 9 README.md > half; mv half README.md; kill -9 $PPID;;
*) exec {git} "$@";;
esac
"""


def test_a_git_that_was_killed_with_it(owned: Owned, scaffold: Runner, tmp_path: Path) -> None:
    before = state(owned.project)
    script(tmp_path / "bin/git", HALF.format(git=shutil.which("git")))
    path = f"{tmp_path / 'bin'}:{scaffold.environment['PATH']}"
    update = ("update", "-C", str(owned.project), "--yes")
    assert scaffold(*update, PATH=path).returncode in (-9, 137)
    assert state(owned.project).files != before.files
    done = scaffold(*update, "--json")
    assert done.returncode == 4
    assert "taken back" in done.stderr
    owned.undo(json.loads(done.stdout))
    assert state(owned.project) == before


# Each lets go of a lock at its end only; for one that is new it is waited.
@pytest.mark.few(1, 2)
@pytest.mark.parametrize(
    ("call", "lock", "when"),
    [
        ("update-ref refs", "refs/worktree/scaffold-update.lock", "a minute ago"),
        pytest.param("read-tree -m", "index.lock", "now", marks=pytest.mark.slow),
        ("update-ref -d", "refs/worktree/scaffold-update.lock", "a minute ago"),
        ("update-ref -d", "packed-refs.lock", "a minute ago"),
    ],
)
def test_locks_of_a_git_that_was_killed_are_no_obstacle(
    owned: Owned, scaffold: Runner, tmp_path: Path, call: str, lock: str, when: str
) -> None:
    before = state(owned.project)
    git_, kill = shutil.which("git"), "kill -9 $PPID; exit 1"
    lines = f'*"{call}"*) mkdir -p .git/refs/worktree; touch -d "{when}" .git/{lock}; {kill};; *) exec {git_} "$@";;'
    script(tmp_path / "bin/git", f'case "$*" in {lines} esac')
    path = f"{tmp_path / 'bin'}:{scaffold.environment['PATH']}"
    update = ("update", "-C", str(owned.project), "--yes")
    assert scaffold(*update, PATH=path).returncode in (-9, 137)
    done = scaffold(*update, "--json")
    assert done.returncode == 4, done.stderr
    owned.undo(json.loads(done.stdout))
    assert state(owned.project) == before


def moment(runner: Runner, command: tuple[str, ...], seconds: float, children: bool) -> None:
    """Start a command, and kill it then, with the git that it may have called."""
    with TemporaryFile() as said:
        run = runner.start(*command, said=said)
        time.sleep(seconds)
        pids = []
        if children:
            try:
                text = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text()
                pids = [int(each) for each in text.split()]
            except OSError:
                # It has ended.
                pass
        run.send_signal(signal.SIGKILL)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        run.wait()


@pytest.mark.matrix
@pytest.mark.parametrize(
    "command", [("update",), ("set", "ci=none", "license=BSD-3-Clause")], ids=["update", "set"]
)
@pytest.mark.parametrize("children", [False, True], ids=["alone", "with-git"])
def test_at_random_moments(
    owned: Owned, scaffold: Runner, command: tuple[str, ...], children: bool
) -> None:
    project = owned.project
    whole = (command[0], "-C", str(project), *command[1:], "--yes")
    before = state(project)
    start = time.monotonic()
    done = scaffold(*whole, "--json")
    usual = time.monotonic() - start
    said, after = json.loads(done.stdout), state(project)
    assert before.files != after.files
    owned.undo(said)
    chance = random.Random(f"{command}{children}")
    for _ in range(4):
        # Most of them where it writes.
        share = chance.choice([chance.random(), 0.75 + chance.random() / 3])
        moment(scaffold, whole, usual * share, children)
        assert {name: state(project).files[name][0] for name in IGNORED} == IGNORED
        again = scaffold(*whole, "--json")
        assert "Traceback" not in again.stderr
        if again.returncode == 1:
            # It had been done, but for its last words.
            assert "not merged" in again.stderr or "not committed" in again.stderr, again.stderr
        else:
            assert again.returncode == done.returncode, again.stderr
        assert state(project) == after
        owned.undo(said)
        assert state(project) == before
        assert not [each for each in scaffold.folder.iterdir() if each.name != "demo"]
    assert git(project, "for-each-ref", "refs/worktree") == ""
