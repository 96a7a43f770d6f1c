"""What a build calls its template: a name means one tree, in every bundle, from whatever history."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, commit, git
from packaging.version import Version

import hatch_build

Pack = Callable[..., dict[str, str]]


def state(tree: Path, text: str, version: str = "0.1.0") -> None:
    """Write a template whose only file says `text`."""
    (tree / "templates").mkdir(parents=True, exist_ok=True)
    (tree / "templates" / "file").write_text(text)
    (tree / "copier.yml").write_text("_subdirectory: templates\n")
    (tree / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')


def number(tree: Path) -> str:
    """The hash of HEAD as names have it."""
    return git(tree, "rev-parse", "HEAD")[:10]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one release."""
    folder = tmp_path / "tree"
    state(folder, "first")
    git(folder, "init", "--quiet")
    commit(folder, "First")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Packs a tree and returns what its file says by each name; "own" is the name of the tree itself."""

    def pack(tree: Path) -> dict[str, str]:
        bundle = tmp_path / "packed.bundle"
        stated = re.search(r'version = "(.*)"', (tree / "pyproject.toml").read_text())
        assert stated
        hatch_build.pack(tree, Version(stated[1]), bundle)
        clone = tmp_path / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        git(tmp_path, "clone", "--quiet", str(bundle), str(clone))
        names = git(clone, "tag").split()
        own = git(clone, "describe", "--tags", "HEAD")
        return {"own": own} | {name: git(clone, "show", f"{name}:templates/file") for name in names}

    return pack


def test_the_commit_that_changes_the_version_is_the_release(tree: Path, pack: Pack) -> None:
    assert pack(tree) == {"own": "v0.1.0", "v0.1.0": "first"}
    state(tree, "second")
    commit(tree, "Second")
    between = f"v0.1.1.dev1+git-g{number(tree)}"
    assert pack(tree) == {"own": between, "v0.1.0": "first", between: "second"}
    (tree / "notes").write_text("no part of the template")
    commit(tree, "Notes")
    assert pack(tree)["own"] == between
    state(tree, "third", "0.2.0")
    commit(tree, "Third")
    found = {"v0.1.0": "first", between: "second", "v0.2.0": "third"}
    assert pack(tree) == {"own": "v0.2.0", **found}
    state(tree, "fourth", "0.2.0")
    commit(tree, "Fourth")
    later = f"v0.2.1.dev1+git-g{number(tree)}"
    assert pack(tree) == {"own": later, **found, later: "fourth"}
    assert git(tree, "rev-parse", later) == git(tree, "rev-parse", "HEAD")


def test_a_tag_is_the_release_and_later_tags_wait(tree: Path, pack: Pack) -> None:
    state(tree, "second", "0.2.0rc1")
    commit(tree, "Second", "v0.2.0rc1")
    state(tree, "third", "0.3.0")
    commit(tree, "Third", "v0.3.0")
    git(tree, "checkout", "--quiet", "HEAD^")
    assert pack(tree) == {"own": "v0.2.0rc1", "v0.1.0": "first", "v0.2.0rc1": "second"}


@pytest.mark.slow
def test_a_branch_that_was_merged_keeps_its_names(tree: Path, pack: Pack) -> None:
    git(tree, "checkout", "--quiet", "-b", "side")
    state(tree, "side")
    commit(tree, "Side")
    side = pack(tree)
    git(tree, "checkout", "--quiet", "main")
    (tree / "notes").write_text("on main")
    commit(tree, "Main")
    git(tree, "merge", "--quiet", "--no-edit", "side")
    merged = pack(tree)
    assert merged["own"] == f"v0.1.1.dev3+git-g{number(tree)}"
    assert merged | side == merged | {"own": side["own"]}


def test_the_table_of_releases_decides(tree: Path, pack: Pack, tmp_path: Path) -> None:
    state(tree, "second")
    commit(tree, "Second")
    state(tree, "third")
    entries = git(tree, "ls-tree", "HEAD", "copier.yml", "templates")
    done = subprocess.run(
        ["git", "mktree"],
        cwd=tree,
        input=f"{entries}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    (tree / "releases.toml").write_text(f'"0.1.0" = "{done.stdout.strip()}"\n')
    commit(tree, "Third")
    later = f"v0.1.1.dev1+git-g{number(tree)}"
    assert pack(tree) == {"own": later, "v0.1.0": "second", later: "third"}
    state(tree, "second")
    shutil.rmtree(tree / ".git")
    assert pack(tree) == {"own": "v0.1.0", "v0.1.0": "second"}


@pytest.mark.slow
def test_a_tag_that_is_another_template_than_the_table_says(tree: Path, pack: Pack) -> None:
    git(tree, "tag", "v0.1.0")
    (tree / "releases.toml").write_text(f'"0.1.0" = "{"0" * 40}"\n')
    with pytest.raises(RuntimeError, match=r"the tag v0\.1\.0"):
        pack(tree)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["changed", "no history", "shallow", "sha256"])
def test_what_no_commit_has_is_called_after_its_tree(
    tree: Path, pack: Pack, tmp_path: Path, kind: str
) -> None:
    state(tree, "second")
    if kind == "shallow":
        commit(tree, "Second")
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tree}", str(tmp_path / "shallow"))
        tree = tmp_path / "shallow"
    elif kind != "changed":
        shutil.rmtree(tree / ".git")
    if kind == "sha256":
        git(tree, "init", "--quiet", "--object-format=sha256")
        commit(tree, "Second")
    found = pack(tree)
    own = found.pop("own")
    count = 1 if kind == "changed" else 0
    assert re.fullmatch(rf"v0\.1\.1\.dev{count}\+tree-g[0-9a-f]{{10}}", own)
    assert found.pop(own) == "second"
    assert found == ({"v0.1.0": "first"} if kind == "changed" else {})


@pytest.mark.slow
def test_what_an_sdist_brings_stays_and_a_change_of_it_is_named(
    tree: Path, pack: Pack, tmp_path: Path
) -> None:
    state(tree, "second")
    commit(tree, "Second")
    before = pack(tree)
    shutil.move(tmp_path / "packed.bundle", tree / hatch_build.NAME)
    shutil.rmtree(tree / ".git")
    assert pack(tree) == before
    state(tree, "changed")
    after = pack(tree)
    assert after.pop("own").startswith("v0.1.1.dev0+tree-g")
    assert before.items() - {("own", before["own"])} <= after.items()


@pytest.mark.slow
def test_the_same_templates_are_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    for text in ("second", "third"):
        state(tree, text * 1000)
        commit(tree, text)
    git(tmp_path, "clone", "--quiet", str(tree), "other")
    git(tmp_path / "other", "repack", "-q", "-a", "-d", "-F", "--depth=1")
    bundles = [tmp_path / "a.bundle", tmp_path / "b.bundle"]
    for place, bundle in zip((tree, tmp_path / "other"), bundles, strict=True):
        hatch_build.pack(place, Version("0.1.0"), bundle)
    assert bundles[0].read_bytes() == bundles[1].read_bytes()


@pytest.mark.slow
def test_what_the_first_release_packed_is_what_it_is_called_now(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    bundle = tmp_path / "packed.bundle"
    hatch_build.pack(ROOT, Version("0.1.0"), bundle)
    # The commit in the bundles that `pip install .` made of cfffed0, and so in the homes of its users.
    assert f"{_FIRST} refs/tags/v0.1.0" in git(ROOT, "bundle", "list-heads", str(bundle))


_FIRST = "26f188283c81f64519472eac020357c0b4518a4c"
