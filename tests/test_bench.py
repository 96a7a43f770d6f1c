"""`scaffold bench` before it measures: what it needs, and what it refuses, with nothing written."""

import shutil
from pathlib import Path

import pytest
from conftest import Inside, Runner, contents, script


@pytest.fixture
def with_wrk(tmp_path: Path) -> str:
    """A PATH on which something is called wrk, which would end at once."""
    programs = tmp_path / "programs"
    script(programs / "wrk", "exit 1")
    git = shutil.which("git")
    assert git is not None
    (programs / "git").symlink_to(git)
    return str(programs)


def test_without_wrk_it_says_how_to_get_it(inside: Inside, tmp_path: Path) -> None:
    done = inside("bench", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "sudo apt install wrk" in done.stderr
    assert "brew install wrk" in done.stderr
    assert contents(inside.folder) == {}


def test_without_wrk_json_says_so_too(inside: Inside, tmp_path: Path) -> None:
    said = inside.json("bench", PATH=str(tmp_path))
    assert (said["error"]["type"], said["error"]["status"]) == ("WrkMissing", 1)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--rounds", "0"), "--rounds"),
        (("--rounds", "²"), "--rounds"),
        (("--seconds", "two"), "--seconds"),
        (("--most", "-1"), "--most"),
        (("--most", "1000000"), "--most"),
        (("--database", "oracle"), "--database"),
        (("--database", "mysql://root@127.0.0.1"), "PostgreSQL"),
        (("--database", "postgresql://[half"), "--database"),
        (("--loud",), "--loud"),
    ],
)
def test_bad_input_is_refused(inside: Inside, arguments: tuple[str, ...], word: str) -> None:
    done = inside("bench", *arguments)
    assert done.returncode == 2
    assert word in done.stderr
    assert contents(inside.folder) == {}


def test_a_password_is_not_repeated(inside: Inside) -> None:
    done = inside("bench", "--database", "postgres://root:hunter2@[half")
    assert done.returncode == 2
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("name", ["bench.md", "bench.svg", "bench.json"])
def test_what_somebody_else_wrote_is_left_alone(inside: Inside, with_wrk: str, name: str) -> None:
    (inside.folder / name).write_text("# Mine\n")
    done = inside("bench", PATH=with_wrk)
    assert done.returncode == 2
    assert name in done.stderr
    assert contents(inside.folder) == {name: b"# Mine\n"}


def test_the_output_is_a_folder(inside: Inside, with_wrk: str) -> None:
    (inside.folder / "taken").write_text("")
    assert inside("bench", "--output", "taken", PATH=with_wrk).returncode == 2


def test_no_other_template_is_run(inside: Inside, with_wrk: str) -> None:
    done = inside("bench", PATH=with_wrk)
    assert done.returncode == 2
    assert "SCAFFOLD_TEMPLATE" in done.stderr
    assert contents(inside.folder) == {}


def test_too_few_files_are_told_before_anything_is_made(scaffold: Runner, with_wrk: str) -> None:
    limited = ("/bin/sh", "-c", 'ulimit -n 256; exec "$@"', "sh", *scaffold.command)
    runner = Runner(scaffold.folder, scaffold.environment, scaffold.server, limited)
    done = runner("bench", PATH=with_wrk)
    assert done.returncode == 1
    assert "512 connections need 712 open files, and 256 are allowed" in done.stderr
    assert contents(scaffold.folder) == {}
