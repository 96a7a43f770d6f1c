"""A project's own checks pass as generated, and its commands do what the contract says."""

from pathlib import Path

from .installed import Installed


def test_make_check(project: Installed, tmp_path: Path) -> None:
    # In a temporary folder that is shared, its pytest would first remove what other runs have left there.
    done = project.run("make", "check", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_install_changes_nothing_after_generating(project: Installed) -> None:
    before = (project.root / "uv.lock").read_bytes()
    done = project.run("make", "install")
    assert done.returncode == 0, done.stderr
    assert (project.root / "uv.lock").read_bytes() == before


def test_the_interpreter_is_new_enough(project: Installed) -> None:
    done = project.run(project.python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    wanted = project.combination.answers["python_version"]
    assert [int(part) for part in done.stdout.split(".")] >= [
        int(part) for part in wanted.split(".")
    ]
