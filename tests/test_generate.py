"""Generation is atomic: whatever stops it, the destination is absent, complete, or as it was."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from conftest import Inside, Runner, commit, contents, git, script

FAST = ("--yes", "--framework", "fastapi", "--no-install", "--no-git")
# Enough files that a signal often falls into the writing of them: Copier calls git for each.
QUESTIONS = """
_subdirectory: template
project_name: {type: str}
framework: {type: str, choices: [fastapi]}
"""


@pytest.fixture
def small_template(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "template" / "many").mkdir(parents=True)
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    for number in range(12):
        (folder / "template" / "many" / f"{number}.txt").write_text(f"{number}\n")
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    return folder


def staging(folder: Path) -> list[Path]:
    return list(folder.glob(".scaffold-*"))


def test_an_empty_folder_is_filled(inside: Inside) -> None:
    folder = inside.folder / "demo"
    folder.mkdir(mode=0o750)
    number = folder.stat().st_ino
    assert inside("new", "demo", *FAST).returncode == 0
    assert (folder / "README.md").is_file()
    assert (folder.stat().st_ino, folder.stat().st_mode & 0o777) == (number, 0o750)
    assert not staging(inside.folder)


def test_the_current_folder_is_filled(inside: Inside) -> None:
    result = inside.json("new", ".", *FAST, "-d", "package_name=demo")
    assert result["project"] == inside.folder.name
    assert (inside.folder / "README.md").is_file()
    assert not staging(inside.folder.parent)


@pytest.mark.slow
def test_a_lone_repository_counts_as_empty(inside: Inside) -> None:
    folder = inside.folder / "demo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    fast = ("--yes", "--framework", "fastapi", "--no-install", "--trust")
    result = inside.json("new", "demo", *fast)
    assert [step["status"] for step in result["steps"][2:]] == ["skipped", "done"]
    assert git(folder, "status", "--porcelain") == ""


def test_a_template_error_leaves_nothing(
    scaffold: Runner, small_template: Path, tmp_path: Path
) -> None:
    (small_template / "template" / "zz.txt.jinja").write_text("{{ nothing.of.the.kind }}")
    commit(small_template, "Break", "v1.0.1")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("new", "there"):
        (scaffold.folder / "there").mkdir(exist_ok=True)
        done = scaffold(
            "new", name, *FAST, "--template", str(small_template), TMPDIR=str(temporary)
        )
        assert done.returncode == 1
        assert "the template cannot be rendered" in done.stderr
    assert [entry.name for entry in scaffold.folder.iterdir()] == ["there"]
    assert not list((scaffold.folder / "there").iterdir())
    assert not list(temporary.iterdir())


def test_a_template_that_wants_tasks_is_refused(inside: Inside, small_template: Path) -> None:
    with (small_template / "copier.yml").open("a") as file:
        file.write("_tasks: ['touch ran']\n")
    commit(small_template, "Want more", "v1.0.1")
    done = inside("new", "demo", *FAST, "--template", str(small_template))
    assert done.returncode == 1
    assert not list(inside.folder.iterdir())


def test_a_project_is_complete_from_the_moment_it_is_seen(
    scaffold: Runner, small_template: Path
) -> None:
    destination = scaffold.folder / "demo"
    with TemporaryFile() as said:
        run = scaffold.start("new", "demo", *FAST, "--template", str(small_template), said=said)
        while not destination.exists() and run.poll() is None:
            pass
        seen = contents(destination)
        assert run.wait() == 0
    assert seen == contents(destination)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("place", ["absent", "empty"])
@pytest.mark.parametrize("times", [2, pytest.param(12, marks=pytest.mark.matrix)])
def test_a_signal_at_any_moment(
    scaffold: Runner, small_template: Path, kind: signal.Signals, place: str, times: int
) -> None:
    arguments = ("new", "demo", *FAST, "--template", str(small_template))
    destination = scaffold.folder / "demo"
    start = time.monotonic()
    assert scaffold(*arguments).returncode == 0
    usual = time.monotonic() - start
    complete = contents(destination)
    outcomes: list[int] = []
    chance = random.Random(f"{kind}{place}")
    # One that came after the end says nothing of the moments before it.
    while len(outcomes) < times or set(outcomes) == {0}:
        number = len(outcomes) % times
        usual *= 0.7 if len(outcomes) >= times else 1
        shutil.rmtree(destination, ignore_errors=True)
        if place == "empty":
            destination.mkdir()
        with TemporaryFile() as file:
            run = scaffold.start(*arguments, said=file)
            time.sleep(usual * (0.1 + 0.95 * (number + chance.random()) / times))
            run.send_signal(kind)
            outcomes.append(run.wait())
            file.seek(0)
            said = file.read().decode()
        found = contents(destination) if destination.exists() else {}
        assert found in ({}, complete)
        assert destination.exists() or place == "absent"
        if kind is not signal.SIGKILL:
            # Before the program has begun, a signal ends Python in Python's own way.
            assert outcomes[-1] in (0, 128 + kind, -kind), said
            assert not staging(scaffold.folder)
            assert "Traceback" not in said or "scaffold" not in said
    shutil.rmtree(destination, ignore_errors=True)
    assert scaffold(*arguments).returncode == 0
    assert contents(destination) == complete
    assert not staging(scaffold.folder)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_installing_keeps_the_project(
    scaffold: Runner, tmp_path: Path, kind: signal.Signals
) -> None:
    uv = script(tmp_path / "bin" / "uv", f"echo $$ > {tmp_path}/started\nsleep 60 & wait")
    path = f"{uv.parent}:{scaffold.environment['PATH']}"
    with TemporaryFile() as file:
        trusting = ("--yes", "--framework", "fastapi", "--trust")
        run = scaffold.start("new", "demo", *trusting, said=file, PATH=path)
        while run.poll() is None and not _text(tmp_path / "started"):
            time.sleep(0.05)
        run.send_signal(kind)
        assert run.wait() == 128 + kind
        file.seek(0)
        said = file.read().decode()
    assert (scaffold.folder / "demo" / "README.md").is_file()
    assert "uv lock" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "started").read_text()), 0)


def _text(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


def test_a_full_disk_leaves_nothing(scaffold: Runner, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        done = scaffold("new", str(disk / "demo"), *FAST)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert not list(disk.iterdir())
    finally:
        subprocess.run(["umount", str(disk)], check=True)
