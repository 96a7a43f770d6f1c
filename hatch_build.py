"""Packs the template into every wheel and sdist, as a git bundle that Copier can update from.

The bundle holds one commit and tag for each template that a project may have been made from, with
`copier.yml` and `templates/` alone. A commit depends on its name and its files and on nothing else, so a
name means the same in every bundle, whenever, wherever and from whatever history it was built.

A release is called `v0.2.0`. It is the tree that `releases.toml` gives or, for those without a row there,
the tag of that name or the first commit that states the version. A commit in between is called
`v0.2.1.dev3+git-g0123456789`: the third after 0.2.0, with the commit's own hash, which git finds in the
repository by that name too. PEP 440 reads it as a pre-release, so plain `copier update` keeps to
releases and `copier update --prereleases` takes the newest of all. What no commit has, since it was
changed or came without its history, is called after its tree: `v0.2.1.dev0+tree-g0123456789`.
"""

import sys

# pip asks a folder for its metadata, which is made here, before it knows which Python that needs.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"scaffold needs Python 3.11 or newer, and this is {sys.version.split()[0]}")

import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.version import InvalidVersion, Version

NAME = "templates.bundle"
RELEASES = "releases.toml"
OWNED = ("copier.yml", "templates")
DIGITS = 10
STAMP = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "scaffold"), ("EMAIL", ""), ("DATE", "2000-01-01T00:00:00Z"))
}


class TemplateBundle(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the bundle to what is built; what an sdist brought along stays in it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle; an editable install reads the checkout instead."""
        if version == "editable":
            return
        root = Path(self.root)
        packed = root / NAME
        if not packed.is_file() or shutil.which("git"):
            packed = Path(tempfile.mkdtemp(prefix="scaffold-build-")) / NAME
            self._made = packed
            pack(root, Version(self.metadata.version), packed)
        place = NAME if self.target_name == "sdist" else f"scaffold/{NAME}"
        build_data["force_include"][str(packed)] = place
        if self.target_name == "wheel":
            # The questions alone can then be read without git.
            build_data["force_include"]["copier.yml"] = "scaffold/copier.yml"
            # What updates bring is told by what came with the program.
            build_data["force_include"]["CHANGELOG.md"] = "scaffold/CHANGELOG.md"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what `initialize` made."""
        made: Path | None = getattr(self, "_made", None)
        if made is not None:
            shutil.rmtree(made.parent)


def pack(root: Path, current: Version, target: Path) -> None:
    """Write the bundle of every template known here; its head is the tree as it stands."""
    with tempfile.TemporaryDirectory(prefix="scaffold-build-") as folder:
        extra = STAMP | {"GIT_DIR": folder, "GIT_INDEX_FILE": f"{folder}/new-index"}
        _git(root, "init", "--quiet", "--bare", "--initial-branch=main", folder)
        pinned = _pinned(root)
        if _has_history(root):
            objects = _git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")
            extra["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects
            history = History(root, current, pinned, extra)
            trees, own, prefix = history.trees, history.own, history.prefix
        else:
            trees, own = _brought(root, extra)
            prefix = f"{_following(current)}.dev0"
        tree = trees[own] if own else _tree_as_it_stands(root, extra)
        if pinned.get(current) == tree:
            # So it is called already when its row is written and nothing committed yet.
            own = f"v{current}"
        elif own is None:
            released = {pinned[version]: f"v{version}" for version in sorted(pinned)}
            own = released.get(tree, f"{prefix}+tree-g{tree[:DIGITS]}")
        trees[own] = tree
        for name in sorted(trees):
            made = _git(root, "commit-tree", trees[name], "-m", name, extra=extra)
            _git(root, "update-ref", f"refs/tags/{name}", made, extra=extra)
        _git(root, "update-ref", "refs/heads/main", f"refs/tags/{own}", extra=extra)
        # Packed anew and alone, the same templates always come to the same bytes.
        _git(root, "-c", "pack.threads=1", "repack", "-q", "-a", "-d", "-F", extra=extra)
        extra.pop("GIT_ALTERNATE_OBJECT_DIRECTORIES", None)
        _git(root, "bundle", "create", "--quiet", target, "HEAD", "--all", extra=extra)


def tree(root: Path) -> str:
    """Return git's name of the template as it stands, as `releases.toml` has those of releases."""
    with tempfile.TemporaryDirectory(prefix="scaffold-build-") as folder:
        _git(root, "init", "--quiet", "--bare", folder)
        return _tree_as_it_stands(root, {"GIT_DIR": folder, "GIT_INDEX_FILE": f"{folder}/index"})


class Commit(NamedTuple):
    """What a commit says of the template; where there is none, it has no version either."""

    hash: str
    parents: Sequence[str]
    tree: str | None
    version: Version | None


class History:
    """What every commit that HEAD can reach calls its template.

    `trees` has the tree of each name, `own` is the name of the tree as it stands, or None if that is no
    commit's, and `prefix` is what its name begins with then.
    """

    def __init__(
        self, root: Path, current: Version, pinned: Mapping[Version, str], extra: Mapping[str, str]
    ) -> None:
        """Read the history, and name what it has."""
        self.trees: dict[str, str] = {}
        self._commits = {each.hash: each for each in _commits(root, extra)}
        self._released: dict[str, Version] = {}
        self._names: dict[str, str] = {}
        self._base: dict[str, str] = {}
        self._reach: dict[str, int] = {}
        for version, (tag, commit, tree) in _tagged(root, current, extra).items():
            if pinned.get(version, tree) != tree:
                raise RuntimeError(f"the tag {tag} is not the template that {RELEASES} gives")
            self._release(commit, version, tag, tree)
        for each in self._commits.values():
            if self._is_release(each, pinned):
                self._release(each.hash, each.version, f"v{each.version}", each.tree)
        for each in self._commits.values():
            self._name(each)
        head = next(reversed(self._commits))
        dirty = _git(root, "status", "--porcelain", "--untracked-files=all", "--", *OWNED)
        self.own = None if dirty else self._names.get(head)
        self.prefix = self._prefix(head, 1) if head in self._base else f"{_following(current)}.dev0"

    def _release(self, commit: str, version: Any, name: str, tree: Any) -> None:
        self.trees[name] = tree
        self._names[commit] = name
        self._released[commit] = version

    def _is_release(self, each: Commit, pinned: Mapping[Version, str]) -> bool:
        if each.version is None or each.version in self._released.values():
            return False
        if each.version in pinned:
            return pinned[each.version] == each.tree
        return each.version not in {self._commits[parent].version for parent in each.parents}

    def _name(self, each: Commit) -> None:
        """Name a commit whose parents are named; one that changes nothing is called as its first parent."""
        # What a commit can reach, as bits: one for each commit.
        self._reach[each.hash] = 1 << len(self._reach)
        for parent in each.parents:
            self._reach[each.hash] |= self._reach[parent]
        bases = [self._base[parent] for parent in each.parents if parent in self._base]
        if each.hash in self._released and not self._released[each.hash].is_prerelease:
            bases = [each.hash]
        if not bases:
            return
        self._base[each.hash] = max(bases, key=lambda commit: self._released[commit])
        first = next(iter(each.parents), "")
        if each.hash in self._names or each.tree is None:
            return
        if first in self._names and self._commits[first].tree == each.tree:
            self._names[each.hash] = self._names[first]
            return
        name = f"{self._prefix(each.hash)}+git-g{each.hash[:DIGITS]}"
        self._names[each.hash] = name
        self.trees[name] = each.tree

    def _prefix(self, commit: str, more: int = 0) -> str:
        base = self._base[commit]
        count = (self._reach[commit] & ~self._reach[base]).bit_count() + more
        return f"{_following(self._released[base])}.dev{count}"


def _following(version: Version) -> str:
    """The version that anything after this one comes before, as PEP 440 orders them."""
    patch = version.micro + (not version.is_prerelease)
    return f"v{version.major}.{version.minor}.{patch}"


def _pinned(root: Path) -> dict[Version, str]:
    table = root / RELEASES
    rows = tomllib.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}
    return {Version(name): tree for name, tree in rows.items()}


def _commits(root: Path, extra: Mapping[str, str]) -> list[Commit]:
    """Return the commits that HEAD can reach, parents first."""
    log = _git(root, "rev-list", "--topo-order", "--reverse", "--parents", "HEAD")
    parents = {line.split()[0]: line.split()[1:] for line in log.splitlines()}
    asked = [f"{commit}:{path}" for commit in parents for path in (*OWNED, "pyproject.toml")]
    form = "--batch-check=%(objectname)"
    answered = _git(root, "cat-file", form, typed="\n".join([*asked, ""])).splitlines()
    found = ["" if line.endswith(" missing") else line for line in answered]
    blobs = dict(zip(parents, zip(found[::3], found[1::3], found[2::3], strict=True), strict=True))
    pairs = sorted(
        {(questions, files) for questions, files, _ in blobs.values() if questions and files}
    )
    entries = [f"100644 blob {a}\tcopier.yml\n040000 tree {b}\ttemplates\n" for a, b in pairs]
    made = _git(root, "mktree", "--batch", extra=extra, typed="\n".join(entries)).split()
    trees = dict(zip(pairs, made, strict=True))
    versions = {project: _version(root, project) for *_, project in blobs.values()}
    commits = []
    for commit, (questions, files, project) in blobs.items():
        tree = trees.get((questions, files))
        commits.append(Commit(commit, parents[commit], tree, versions[project] if tree else None))
    return commits


def _version(root: Path, project: str) -> Version | None:
    try:
        data = tomllib.loads(_git(root, "cat-file", "blob", project)) if project else {}
        return Version(data["project"]["version"])
    except (tomllib.TOMLDecodeError, KeyError, InvalidVersion):
        return None


def _tagged(
    root: Path, current: Version, extra: Mapping[str, str]
) -> dict[Version, tuple[str, str, str]]:
    """Return the tag, commit and tree of each release that is tagged, later ones aside."""
    found = {}
    for tag in _git(root, "tag", "--list").split():
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        commit = _git(root, "rev-parse", f"refs/tags/{tag}^{{commit}}")
        entries = _git(root, "ls-tree", commit, "--", *OWNED)
        if version <= current and "copier.yml" in entries:
            tree = _git(root, "mktree", extra=extra, typed=f"{entries}\n")
            found[version] = (tag, commit, tree)
    return found


def _brought(root: Path, extra: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """Return what an sdist's bundle has, and the name of its head if that is the tree as it stands."""
    packed = root / NAME
    if not packed.is_file():
        return {}, None
    refs = ("+refs/tags/*:refs/tags/*", "+refs/heads/main:refs/heads/main")
    _git(root, "fetch", "--quiet", packed, *refs, extra=extra)
    lines = _git(root, "for-each-ref", "--format=%(refname:strip=2) %(tree)", extra=extra)
    trees = dict(line.split() for line in lines.splitlines())
    head = trees.pop("main")
    own = _git(root, "tag", "--points-at", "refs/heads/main", extra=extra)
    return trees, own if head == _tree_as_it_stands(root, extra) else None


def _tree_as_it_stands(root: Path, extra: Mapping[str, str]) -> str:
    plain = ("-c", "core.autocrlf=false", "-c", f"core.excludesFile={os.devnull}")
    place = dict(extra) | {"GIT_WORK_TREE": str(root)}
    _git(root, *plain, "add", "--all", "--", *OWNED, extra=place)
    return _git(root, "write-tree", extra=place)


def _has_history(root: Path) -> bool:
    """Whether all of it is here, and in the form that every bundle has."""
    try:
        top = _git(root, "rev-parse", "--show-toplevel")
        head = _git(root, "rev-parse", "HEAD")
        form = _git(root, "rev-parse", "--show-object-format", "--is-shallow-repository")
    except subprocess.CalledProcessError:
        return False
    return (
        Path(top).resolve() == root.resolve() and bool(head) and form.split() == ["sha1", "false"]
    )


def _git(
    root: Path, *arguments: str | Path, extra: Mapping[str, str] | None = None, typed: str = ""
) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            # Whoever builds a tree runs its code: another owner's is no more to be feared.
            ["git", "-c", "safe.directory=*", *map(str, arguments)],
            cwd=root,
            env=environment | {"GIT_DEFAULT_HASH": "sha1"} | dict(extra or {}),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    except FileNotFoundError as error:
        raise RuntimeError("git was not found: the template's bundle is made with it") from error
    return done.stdout.strip()
