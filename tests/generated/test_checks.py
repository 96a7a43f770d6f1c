"""A project's own checks pass as generated, and its commands do what the contract says."""

import json
from pathlib import Path

import pytest

from .installed import Installed
from .problems import USERS


@pytest.fixture(scope="session")
def known_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where mypy keeps what it knows: of libraries and files that it has seen in another project."""
    return tmp_path_factory.mktemp("types")


def test_make_check(project: Installed, known_types: Path, tmp_path: Path) -> None:
    # With other plugins, which the API of Django decides, mypy would forget all of it.
    known = known_types / str(project.combination.answers.get("api"))
    # In a temporary folder that is shared, its pytest would first remove what other runs have left there.
    done = project.run("make", "check", TMPDIR=str(tmp_path), MYPY_CACHE_DIR=str(known))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.daily("flask")
def test_make_coverage(project: Installed) -> None:
    done = project.run("make", "coverage")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nTOTAL " in done.stdout


@pytest.mark.daily("django")
def test_make_openapi_writes_the_document(project: Installed) -> None:
    done = project.run("make", "openapi")
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads((project.root / "openapi.json").read_text(encoding="utf-8"))
    assert f"{USERS}/{{user_id}}" in document["paths"]


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
