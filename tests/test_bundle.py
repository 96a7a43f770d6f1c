"""The kept bundle only grows: what a name means there stays, whatever is installed in which order."""

import os
import threading
from pathlib import Path

import pytest
from conftest import git, release

from scaffold.errors import ScaffoldError
from scaffold.template import bundle, opening


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installed package has its bundle, and a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(bundle, "_PACKED", tmp_path / "packed.bundle")
    monkeypatch.setattr(opening, "_CHECKOUT", tmp_path / "none")
    return tmp_path / "packed.bundle"


def pack(template: Path, packed: Path) -> None:
    git(template, "bundle", "create", "--quiet", str(packed), "HEAD", "--all")


def kept() -> Path:
    return Path(bundle.RECORDED).expanduser()


def kept_refs() -> dict[str, str]:
    lines = git(kept().parent, "bundle", "list-heads", str(kept())).splitlines()
    return {name.rpartition("/")[2]: made for made, _, name in (x.partition(" ") for x in lines)}


def test_an_older_bundle_does_not_replace_a_newer(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    older = packed.read_bytes()
    release(changed_template, "v1.1.0")
    pack(changed_template, packed)
    assert bundle.install() == kept()
    assert sorted(kept_refs()) == ["HEAD", "main", "v1.0.0", "v1.1.0"]
    newer = kept().read_bytes()
    packed.write_bytes(older)
    bundle.install()
    assert kept().read_bytes() == newer


def test_a_release_that_only_the_older_has_stays(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    bundle.install()
    release(changed_template, "v1.1.0")
    git(changed_template, "tag", "--delete", "v1.0.0")
    pack(changed_template, packed)
    bundle.install()
    assert kept_refs().keys() >= {"v1.0.0", "v1.1.0"}


def test_builds_of_branches_come_together_in_any_order(
    changed_template: Path, packed: Path
) -> None:
    builds = []
    for name in ("v1.0.1.dev1+git-gaaaaaaaaaa", "v1.0.1.dev2+git-gbbbbbbbbbb"):
        git(changed_template, "checkout", "--quiet", "--detach", "v1.0.0")
        (changed_template / "branch").write_text(name)
        release(changed_template, name)
        pack(changed_template, packed)
        builds.append((name, packed.read_bytes()))
        git(changed_template, "tag", "--delete", name)
    found = []
    for order in (builds, builds[::-1]):
        kept().unlink(missing_ok=True)
        for name, content in order:
            packed.write_bytes(content)
            with opening.opened(None, None) as opened:
                assert opened.version == name
        found.append(kept_refs())
    assert found[0] == found[1]
    assert found[0]["main"] == found[0][builds[1][0]]


def test_a_build_takes_its_own_version_beside_a_newer_one(
    changed_template: Path, packed: Path
) -> None:
    pack(changed_template, packed)
    older = packed.read_bytes()
    release(changed_template, "v1.1.0")
    pack(changed_template, packed)
    bundle.install()
    packed.write_bytes(older)
    with opening.opened(None, None) as opened:
        assert (opened.version, opened.recorded) == ("v1.0.0", bundle.RECORDED)
    with opening.opened(None, "v1.1.0") as opened:
        assert opened.version == "v1.1.0"


def test_a_name_that_differs_is_refused(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    bundle.install()
    before = kept_refs()
    git(changed_template, "tag", "--delete", "v1.0.0")
    release(changed_template, "v1.0.0")
    pack(changed_template, packed)
    with pytest.raises(ScaffoldError, match=r"another template by the name of v1\.0\.0"):
        opening.opened(None, None).__enter__()
    assert kept_refs() == before
    release(changed_template, "v1.1.0")
    pack(changed_template, packed)
    with opening.opened(None, None) as opened:
        assert opened.version == "v1.1.0"
        assert opened.warnings == (f"{bundle.RECORDED} keeps another v1.0.0",)
    assert kept_refs()["v1.0.0"] == before["v1.0.0"]


def test_builds_that_come_at_once_all_stay(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    names = {f"v1.{number}.0" for number in range(1, 5)}
    for name in names:
        release(changed_template, name)
    pack(changed_template, packed)
    kept().parent.mkdir(parents=True)
    threads = [threading.Thread(target=bundle._grow, args=(kept(), [name])) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names <= kept_refs().keys()


def test_nobody_else_may_read_or_write_it(changed_template: Path, packed: Path) -> None:
    pack(changed_template, packed)
    before = os.umask(0)
    try:
        bundle.install()
        home = kept().parents[3]
        modes = {
            str(each.relative_to(home)): each.stat().st_mode & 0o777 for each in home.rglob("*")
        }
        assert modes.pop(str(kept().relative_to(home))) == 0o600
        assert set(modes.values()) == {0o700}
        kept().chmod(0o666)
        kept().parent.chmod(0o777)
        bundle.install()
    finally:
        os.umask(before)
    assert (kept().stat().st_mode & 0o777, kept().parent.stat().st_mode & 0o777) == (0o600, 0o700)
