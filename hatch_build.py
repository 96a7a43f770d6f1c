"""Packs the template into every wheel and sdist, as a git bundle that Copier can update from.

The bundle holds one commit and tag per release, with `copier.yml` and `templates/` alone. Nothing in a
commit depends on when or where it is made, so the same releases always get the same commits.
"""

import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.version import InvalidVersion, Version

NAME = "templates.bundle"
OWNED = ("copier.yml", "templates")
STAMP = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "scaffold"), ("EMAIL", ""), ("DATE", "2000-01-01T00:00:00Z"))
}


class TemplateBundle(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the bundle to what is built; one that an sdist brought along is passed on as it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle, or find it; an editable install reads the checkout instead."""
        if version == "editable":
            return
        root = Path(self.root)
        packed = root / NAME
        if _has_history(root) or not packed.is_file():
            packed = Path(tempfile.mkdtemp(prefix="scaffold-build-")) / NAME
            self._made = packed
            pack(root, Version(self.metadata.version), packed)
        place = NAME if self.target_name == "sdist" else f"scaffold/{NAME}"
        build_data["force_include"][str(packed)] = place
        if self.target_name == "wheel":
            # The questions alone can then be read without git.
            build_data["force_include"]["copier.yml"] = "scaffold/copier.yml"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what `initialize` made."""
        made: Path | None = getattr(self, "_made", None)
        if made is not None:
            shutil.rmtree(made.parent)


def pack(root: Path, current: Version, target: Path) -> None:
    """Write the bundle of every release up to `current`, which is the tree as it stands unless tagged."""
    history = _has_history(root)
    with tempfile.TemporaryDirectory(prefix="scaffold-build-") as folder:
        extra = STAMP | {"GIT_DIR": folder, "GIT_INDEX_FILE": f"{folder}/new-index"}
        _git(root, "init", "--quiet", "--bare", "--initial-branch=main", folder)
        if history:
            objects = _git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")
            extra["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects
        trees = _tagged(root, extra) if history else {}
        if history and not trees:
            trees = _bumped(root, extra)
            trees.pop(current, None)
        if current not in trees:
            trees[current] = (f"v{current}", _tree_as_it_stands(root, extra))
        parent = ""
        for version in sorted(trees):
            if version > current:
                continue
            tag, tree = trees[version]
            parents = ["-p", parent] if parent else []
            parent = _git(root, "commit-tree", tree, *parents, "-m", tag, extra=extra)
            _git(root, "update-ref", f"refs/tags/{tag}", parent, extra=extra)
        _git(root, "update-ref", "refs/heads/main", parent, extra=extra)
        options = ("-c", "pack.threads=1")
        _git(root, *options, "bundle", "create", "--quiet", target, "HEAD", "--all", extra=extra)


def _tagged(root: Path, extra: Mapping[str, str]) -> dict[Version, tuple[str, str]]:
    trees = {}
    for tag in _git(root, "tag", "--list").split():
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        tree = _tree_at(root, f"refs/tags/{tag}", extra)
        if tree:
            trees[version] = (tag, tree)
    return trees


def _bumped(root: Path, extra: Mapping[str, str]) -> dict[Version, tuple[str, str]]:
    """Take each commit that changed the version for a release, in a repository without tags."""
    trees = {}
    before = ""
    for commit in _git(root, "log", "--reverse", "--format=%H", "--", "pyproject.toml").split():
        try:
            data = tomllib.loads(_git(root, "show", f"{commit}:pyproject.toml"))
            stated = str(data["project"]["version"])
            version = Version(stated)
        except (subprocess.CalledProcessError, tomllib.TOMLDecodeError, KeyError, InvalidVersion):
            continue
        tree = _tree_at(root, commit, extra) if stated != before else ""
        before = stated
        if tree:
            trees[version] = (f"v{version}", tree)
    return trees


def _tree_at(root: Path, commit: str, extra: Mapping[str, str]) -> str:
    entries = _git(root, "ls-tree", commit, "--", *OWNED)
    return (
        _git(root, "mktree", extra=extra, typed=f"{entries}\n") if "copier.yml" in entries else ""
    )


def _tree_as_it_stands(root: Path, extra: Mapping[str, str]) -> str:
    plain = ("-c", "core.autocrlf=false", "-c", f"core.excludesFile={os.devnull}")
    place = dict(extra) | {"GIT_WORK_TREE": str(root)}
    _git(root, *plain, "add", "--all", "--", *OWNED, extra=place)
    return _git(root, "write-tree", extra=place)


def _has_history(root: Path) -> bool:
    try:
        top = _git(root, "rev-parse", "--show-toplevel")
        return Path(top).resolve() == root.resolve() and bool(_git(root, "rev-parse", "HEAD"))
    except subprocess.CalledProcessError:
        return False


def _git(
    root: Path, *arguments: str | Path, extra: Mapping[str, str] | None = None, typed: str = ""
) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *map(str, arguments)],
            cwd=root,
            env=environment | dict(extra or {}),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    except FileNotFoundError as error:
        raise RuntimeError("git was not found: the template's bundle is made with it") from error
    return done.stdout.strip()
