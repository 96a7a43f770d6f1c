"""What a repository of templates has: its releases, its refs, and whether it is as committed."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from packaging.version import Version


def newest(place: Path) -> str:
    """Return the tag of the newest release, pre-releases aside, or HEAD if there is none."""
    releases = {version: tag for version, tag in _versions(place) if not version.is_prerelease}
    return releases[max(releases)] if releases else "HEAD"


def tags(place: Path) -> list[str]:
    """Return every tag, a release's or not."""
    return (git.output("tag", "--list", at=place, apart=True) or "").split()


def commit(place: Path, ref: str) -> str | None:
    """Return the commit that a ref stands for here or, failing that, where this was cloned from."""
    # Neither an option nor what git would exclude, nor the HEAD that an empty name would be.
    if not ref or ref.startswith(("-", "^")):
        return None
    for name in (ref, f"refs/remotes/origin/{ref}"):
        wanted = f"{name}^{{commit}}"
        found = git.output("rev-parse", "--verify", "--quiet", wanted, at=place, apart=True)
        if found:
            return found
    return None


def moves(place: Path, ref: str) -> bool:
    """Return whether a ref may be another commit some day, as a branch and HEAD are, and what is counted from them."""
    if any(part in ref for part in ("~", "^", ":", "@{")):
        return True
    asked = ("rev-parse", "--symbolic-full-name", "--verify", "--quiet", ref)
    named = git.output(*asked, at=place, apart=True) or ""
    return named == "HEAD" or named.startswith(("refs/heads/", "refs/remotes/"))


def tree(place: Path, commit: str) -> str | None:
    """Return git's name of a tree that has `copier.yml` and `templates` of a commit, and nothing else."""
    names = (f"{commit}:copier.yml", f"{commit}:templates")
    found = (
        git.output("rev-parse", "--verify", "--quiet", name, at=place, apart=True) for name in names
    )
    questions, files = (bytes.fromhex(each or "") for each in found)
    if not (questions and files):
        return None
    entries = b"100644 copier.yml\0" + questions + b"40000 templates\0" + files
    data = b"tree %d\0" % len(entries) + entries
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def describe(place: Path, commit: str) -> str:
    """Return what people call a commit, as `git describe` puts it."""
    return git.output("describe", "--tags", "--always", commit, at=place, apart=True) or commit


def goes_back(place: Path, before: str, after: str) -> bool:
    """Return whether one commit is older than another: by history, else by what they are called."""
    if before == after:
        return False
    for first, second in ((before, after), (after, before)):
        asked = ("merge-base", "--is-ancestor", first, second)
        if git.output(*asked, at=place, apart=True) is not None:
            return first == after
    versions = [named(describe(place, each)) for each in (before, after)]
    return None not in versions and versions[1] < versions[0]  # type: ignore[operator]


def named(name: str) -> "Version | None":
    """Return the version that a name such as `v0.2.0` or `v0.2.0-3-g0123abc` states, if it does."""
    from packaging.version import InvalidVersion, Version

    after = re.fullmatch(r"(.+)-(\d+)-g[0-9a-f]+", name)
    try:
        return Version(f"{after[1]}.post{after[2]}" if after else name)
    except InvalidVersion:
        return None


def dirty(place: Path, paths: tuple[str, ...]) -> bool:
    """Return whether something below these paths, or anywhere without any, is not committed."""
    if _is_bare(place):
        return False
    # What the user has git ignore everywhere is no change of the template.
    status = ("status", "--porcelain", "--untracked-files=normal")
    return bool(git.call(*status, "--", *paths, at=place))


def is_root(place: Path) -> bool:
    """Return whether the folder is a repository itself, and not merely inside one.

    Raises:
        ScaffoldError: if it is one that git does not read, such as another user's.
    """
    bare = _is_bare(place)
    asked = ("rev-parse", "--absolute-git-dir" if bare else "--show-toplevel")
    try:
        top = os.fsdecode(git.data(*asked, at=place, apart=True)).removesuffix("\n")
    except git.GitError:
        top = None
    found = top is not None and Path(top).resolve() == place.resolve()
    if found or (place / ".git").exists():
        # Whether they trust it is in the user's own configuration.
        trusting = () if place.joinpath(".git").exists() else ("-c", "safe.bareRepository=all")
        try:
            git.call(*trusting, "rev-parse", "--git-dir", at=place)
        except git.GitError as error:
            said = " ".join(str(error).split())
            raise ScaffoldError(
                f"the repository of the template in {place} cannot be read: {said}"
            ) from error
    return found


def object_format(place: Path) -> str:
    """Return the hash that names the objects of a repository."""
    return git.output("rev-parse", "--show-object-format", at=place, apart=True) or "sha1"


def _is_bare(place: Path) -> bool:
    return git.output("rev-parse", "--is-bare-repository", at=place, apart=True) == "true"


def _versions(place: Path) -> "Iterator[tuple[Version, str]]":
    from packaging.version import InvalidVersion, Version

    for tag in tags(place):
        with suppress(InvalidVersion):
            yield Version(tag), tag
