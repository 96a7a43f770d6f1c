"""What a repository of templates has: its releases, its refs, and whether it is as committed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git

if TYPE_CHECKING:
    from packaging.version import Version


def newest(place: Path) -> str:
    """Return the tag of the newest release, pre-releases aside, or HEAD if there is none."""
    releases = {version: tag for version, tag in _versions(place) if not version.is_prerelease}
    return releases[max(releases)] if releases else "HEAD"


def tags(place: Path) -> list[str]:
    """Return every tag, a release's or not."""
    return (git.output("tag", "--list", at=place) or "").split()


def commit(place: Path, ref: str) -> str | None:
    """Return the commit that a ref stands for here or, failing that, where this was cloned from."""
    if ref.startswith("-"):
        return None
    for name in (ref, f"refs/remotes/origin/{ref}"):
        found = git.output("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", at=place)
        if found:
            return found
    return None


def describe(place: Path, commit: str) -> str:
    """Return what people call a commit, as `git describe` puts it."""
    return git.output("describe", "--tags", "--always", commit, at=place) or commit


def dirty(place: Path, paths: tuple[str, ...]) -> bool:
    """Return whether something below these paths, or anywhere without any, is not committed."""
    return not _is_bare(place) and bool(git.call("status", "--porcelain", "--", *paths, at=place))


def is_root(place: Path) -> bool:
    """Return whether the folder is a repository itself, and not merely inside one."""
    if _is_bare(place):
        return git.output("rev-parse", "--absolute-git-dir", at=place) == str(place.resolve())
    top = git.output("rev-parse", "--show-toplevel", at=place)
    return top is not None and Path(top).resolve() == place.resolve()


def _is_bare(place: Path) -> bool:
    return git.output("rev-parse", "--is-bare-repository", at=place) == "true"


def _versions(place: Path) -> "Iterator[tuple[Version, str]]":
    from packaging.version import InvalidVersion, Version

    for tag in tags(place):
        with suppress(InvalidVersion):
            yield Version(tag), tag
