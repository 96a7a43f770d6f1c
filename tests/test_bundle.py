"""The kept bundle only grows: a newer release stays whatever an older program brings."""

from pathlib import Path

import pytest
from conftest import git, release

from scaffold import bundle


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installed package has its bundle, and a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(bundle, "_PACKED", tmp_path / "packed.bundle")
    return tmp_path / "packed.bundle"


def pack(template: Path, packed: Path) -> None:
    git(template, "bundle", "create", "--quiet", str(packed), "HEAD", "--all")


def kept_tags() -> list[str]:
    kept = Path(bundle.RECORDED).expanduser()
    lines = git(kept.parent, "bundle", "list-heads", str(kept)).splitlines()
    return sorted(line.rpartition("/")[2] for line in lines if "refs/tags/" in line)


def test_an_older_bundle_does_not_replace_a_newer(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    older = packed.read_bytes()
    release(changed_template, "v1.1.0")
    pack(changed_template, packed)
    assert bundle.install() == Path(bundle.RECORDED).expanduser()
    assert kept_tags() == ["v1.0.0", "v1.1.0"]
    newer = Path(bundle.RECORDED).expanduser().read_bytes()
    packed.write_bytes(older)
    bundle.install()
    assert Path(bundle.RECORDED).expanduser().read_bytes() == newer


def test_a_release_that_only_the_older_has_stays(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    bundle.install()
    release(changed_template, "v1.1.0")
    git(changed_template, "tag", "--delete", "v1.0.0")
    pack(changed_template, packed)
    bundle.install()
    assert kept_tags() == ["v1.0.0", "v1.1.0"]
