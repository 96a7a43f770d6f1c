"""Staging folders: what a dead run of one's own left is swept, and what others planted is not obeyed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Inside, Runner, contents

from scaffold.making import staging

FAST = ("--yes", "--framework", "fastapi", "--no-install", "--no-git")
DEAD = ".scaffold-4000003-abc"
TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this user's records, in a state of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "state" / "scaffold" / "staging"
    folder.mkdir(parents=True)
    return folder


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every entry below a folder, by number and owner."""
    entries = {str(each.relative_to(folder)): each.lstat() for each in folder.rglob("*")}
    return {name: (found.st_ino, found.st_uid) for name, found in entries.items()}


NOTES = (
    "{folder}/p\n../..",
    "{folder}/p\n{above}",
    "{work}/{folder}/p\n{above}",
    "{folder}/../mine\n.",
    "{work}/mine\n{above}",
    "{folder}/link\n.",
    "{folder}/p\nlink",
    "{folder}/p\nwork\n..",
    "{folder}/p",
    '{{"inode": 1, "project": "p", "target": ".."}}\n',
)


@pytest.mark.parametrize("ending", ["abc", TOKEN], ids=["as others name it", "as we name it"])
def test_folders_that_somebody_planted_move_nothing(inside: Inside, ending: str) -> None:
    """A cloned repository may hold any folder; nothing in it says that it is this user's own."""
    work = inside.folder / "clone" / "work"
    (work / "mine").mkdir(parents=True)
    (work / "mine" / "notes.txt").write_text("mine")
    (work / "link").symlink_to(inside.folder)
    for number, note in enumerate(NOTES):
        planted = work / f".scaffold-{4000003 + number}-{ending}"
        (planted / "p").mkdir(parents=True)
        (planted / "p" / ".zshenv").write_text("x")
        (planted / "link").symlink_to(work / "mine")
        places = {"folder": planted.name, "work": work, "above": inside.folder}
        (planted / "moving-to").write_text(note.format(**places))
    before = everything(inside.folder)
    done = replace(inside, folder=work)("new", "orders", *FAST)
    assert done.returncode == 0, done.stderr
    after = everything(inside.folder)
    assert {name: after.get(name) for name in before} == before
    assert all(name.startswith("clone/work/orders") for name in after.keys() - before.keys())


def test_a_folder_that_somebody_planted_is_not_part_of_an_empty_place(inside: Inside) -> None:
    (inside.folder / "demo" / DEAD).mkdir(parents=True)
    done = inside("new", "demo", *FAST)
    assert (done.returncode, DEAD in done.stderr) == (2, True)


def left(parent: Path, records: Path, **facts: object) -> Path:
    """Make what a dead run leaves that was moving a project to `demo`."""
    folder = parent / f".scaffold-4000003-{TOKEN}"
    (folder / "made" / "demo").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "made" / "demo" / "waiting.txt").write_text("second")
    (parent / "demo").mkdir(exist_ok=True)
    known = {"inode": folder.stat().st_ino, "project": "made/demo", "target": "demo"}
    (records / TOKEN).write_text(f"{json.dumps(known | facts)}\n")
    return folder


def test_a_move_that_a_killed_run_began_is_ended_by_the_next(tmp_path: Path, records: Path) -> None:
    parent = tmp_path / "parent"
    (parent / "demo").mkdir(parents=True)
    (parent / "demo" / "moved.txt").write_text("first")
    folder = left(parent, records)
    staging.sweep(parent)
    assert contents(parent) == {"demo/moved.txt": b"first", "demo/waiting.txt": b"second"}
    assert not folder.exists()
    assert not list(records.iterdir())


def test_a_destination_that_is_gone_waits_for_nothing(tmp_path: Path, records: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    left(parent, records)
    (parent / "demo").rmdir()
    staging.sweep(parent)
    assert not list(parent.iterdir())


def elsewhere(folder: Path) -> None:
    """Let another folder, of the same form, have the name."""
    folder.rename(folder.with_name("was"))
    (folder / "made" / "demo").mkdir(parents=True)
    folder.chmod(0o700)


def linked(folder: Path) -> None:
    """Let a link have the name."""
    folder.rename(folder.with_name("was"))
    folder.symlink_to("was")


def links_inside(folder: Path) -> None:
    """Let what is to be moved be reached through a link."""
    (folder / "made").rename(folder / "was")
    (folder / "made").symlink_to(folder.parent)


def given_away(folder: Path) -> None:
    """Give the folder to another user."""
    if os.geteuid() != 0:
        pytest.skip("giving a folder away needs root")
    os.chown(folder, 12345, 12345)


@pytest.mark.parametrize(
    "change",
    [elsewhere, linked, links_inside, given_away, lambda folder: folder.chmod(0o770)],
    ids=["another folder", "a link", "links inside", "another owner", "open to others"],
)
def test_a_folder_that_is_not_as_it_was_made_is_left_alone(
    tmp_path: Path, records: Path, change: Callable[[Path], None]
) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    change(left(parent, records))
    before = everything(parent)
    staging.sweep(parent)
    after = everything(parent)
    if change is links_inside:
        # It is the one that was made, and its content moves nowhere.
        assert set(after) == {"demo"}
    else:
        assert after == before


@pytest.mark.parametrize(
    "facts",
    [
        {"project": ".."},
        {"project": "made/../.."},
        {"project": "/etc"},
        {"target": ".."},
        {"target": "demo/../.."},
        {"target": "/tmp"},
        {"target": "link"},
        {"target": "link/demo"},
        {"project": 3},
        {"inode": 1},
    ],
    ids=str,
)
def test_even_a_record_moves_nothing_out_of_its_place(
    tmp_path: Path, records: Path, facts: dict[str, object]
) -> None:
    parent = tmp_path / "above" / "parent"
    parent.mkdir(parents=True)
    (parent / "link").symlink_to(tmp_path)
    left(parent, records, **facts)
    before = everything(tmp_path / "above")
    outside = set(os.listdir(tmp_path))
    staging.sweep(parent)
    after = everything(tmp_path / "above")
    assert after.items() <= before.items()
    assert set(os.listdir(tmp_path)) == outside


@pytest.mark.parametrize("kind", ["other user", "not ours to read", "broken", "unfinished"])
def test_a_record_that_is_no_record_is_not_obeyed(tmp_path: Path, records: Path, kind: str) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    left(parent, records)
    record = records / TOKEN
    if kind == "other user":
        given_away(record)
    elif kind == "not ours to read":
        record.rename(tmp_path / "planted")
        record.symlink_to(tmp_path / "planted")
    elif kind == "broken":
        record.write_bytes(b"\xff{\n")
    else:
        record.write_bytes(record.read_bytes().rstrip(b"\n"))
    before = everything(parent)
    staging.sweep(parent)
    assert everything(parent) == before


def test_what_a_living_run_has_is_left_alone(tmp_path: Path, records: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    with staging.staged(parent) as stage:
        (stage.folder / "file").touch()
        staging.sweep(parent)
        assert (stage.folder / "file").exists()
        assert staging.is_own(stage.folder)
        assert stage.folder.stat().st_mode & 0o777 == 0o700
        assert [each.stat().st_mode & 0o777 for each in records.iterdir()] == [0o600]
    assert not list(parent.iterdir())
    assert not list(records.iterdir())


def test_what_the_caller_has_running_is_not_waited_for(tmp_path: Path, records: Path) -> None:
    with subprocess.Popen(["sh", "-c", "exit 3"]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        with staging.staged(tmp_path) as stage:
            (stage.folder / "demo").mkdir()
            stage.place(stage.folder / "demo", tmp_path / "demo")
    assert ended.returncode == 3


def test_a_state_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")
    with staging.staged(tmp_path) as stage:
        (stage.folder / "demo").mkdir()
        stage.place(stage.folder / "demo", tmp_path / "demo")
    assert [each.name for each in tmp_path.iterdir()] == ["demo"]


def test_a_state_in_the_current_folder_is_not_believed(
    tmp_path: Path, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is invalid there, and would be whoever's the folder is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    parent = tmp_path / "parent"
    parent.mkdir()
    assert left(parent, records).exists()
    before = everything(parent)
    staging.sweep(parent)
    assert everything(parent) == before


def test_a_move_that_fails_puts_everything_back(tmp_path: Path, records: Path) -> None:
    target = tmp_path / "parent" / "target"
    (target / "b" / "taken").mkdir(parents=True)
    before = everything(target)
    with staging.staged(target.parent) as stage:
        made = stage.folder / "made"
        for name in ("a.txt", "b", "c.txt"):
            (made / name / "inner").mkdir(parents=True)
        with pytest.raises(OSError, match="not empty"):
            stage.fill(made, target)
        assert everything(target) == before
        assert sorted(os.listdir(made)) == ["a.txt", "b", "c.txt"]


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("how", ["place", "fill"])
def test_a_signal_at_every_line_leaves_nothing(
    scaffold: Runner, tmp_path: Path, kind: signal.Signals, how: str
) -> None:
    script = ROOT / "tests" / "dying.py"
    command = [sys.executable, str(script), str(scaffold.folder), how, str(int(kind))]
    environment = scaffold.environment | {"XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
