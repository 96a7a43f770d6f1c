"""The template that travels in a wheel: a git bundle, kept where projects can find it again.

Projects remember the place, so what is kept there only ever grows: a release that is in it stays, even
when another version of the program, or one built without history, brings fewer.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from packaging.version import Version

RECORDED = "~/.local/share/scaffold/templates.bundle"
DISTRIBUTION = "scaffold-web"
_PACKED = Path(__file__).with_name("templates.bundle")


def version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version

    return version(DISTRIBUTION)


def repository_url() -> str | None:
    """Return the repository that the package's metadata names, as Copier takes it, if it does."""
    from importlib.metadata import metadata

    for entry in metadata(DISTRIBUTION).get_all("Project-URL") or ():
        label, _, url = entry.partition(", ")
        if label.lower() == "repository":
            known = url.endswith(".git") or url.startswith(
                ("https://github.com/", "https://gitlab.com/")
            )
            return url if known else f"git+{url}"
    return None


def install() -> Path | None:
    """Put the packed releases where projects look for them, in one rename; None if none are packed.

    Raises:
        ScaffoldError: if that place cannot be written to.
    """
    if not _PACKED.is_file():
        return None
    kept = Path(RECORDED).expanduser()
    try:
        if not kept.is_file() or _PACKED.read_bytes() != kept.read_bytes():
            _install(kept)
    except OSError as error:
        raise ScaffoldError(
            f"the template cannot be kept at {RECORDED}, where projects look for it: {error}"
        ) from error
    return kept


def refresh() -> None:
    """Do what `install` does as far as it can be done: most commands do without."""
    try:
        install()
    except ScaffoldError:
        pass


def _install(kept: Path) -> None:
    packed, present = _releases(_PACKED), _releases(kept)
    if present and _newest(present) > _newest(packed):
        first, second, missing = _PACKED, kept, packed.keys() - present.keys()
    else:
        first, second, missing = kept, _PACKED, {t for t in packed if present.get(t) != packed[t]}
    if not missing:
        return
    import shutil
    import tempfile

    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".templates-", dir=kept.parent) as folder:
        made = Path(folder) / kept.name
        if present.keys() <= packed.keys():
            shutil.copyfile(_PACKED, made)
        else:
            _join(first, second, made)
        os.replace(made, kept)


def _join(first: Path, second: Path, made: Path) -> None:
    """Write a bundle of the releases of both; where they differ, the second's."""
    repository = made.parent / "joined.git"
    git.call("init", "--quiet", "--bare", "--initial-branch=main", repository)
    everything = ("+refs/tags/*:refs/tags/*", "+refs/heads/main:refs/heads/main")
    for each in (first, second):
        git.call("fetch", "--quiet", each, *everything, at=repository)
    git.call("bundle", "create", "--quiet", made, "HEAD", "--all", at=repository)


def _releases(bundle: Path) -> dict[str, str]:
    """Return the tags of a bundle with their commits, from its header (gitformat-bundle)."""
    tags: dict[str, str] = {}
    try:
        with bundle.open("rb") as file:
            if not file.readline().startswith(b"# v"):
                return {}
            for line in file:
                commit, _, name = line.decode("utf-8", "replace").strip().partition(" ")
                if not commit:
                    break
                if name.startswith("refs/tags/"):
                    tags[name.removeprefix("refs/tags/")] = commit
    except FileNotFoundError:
        pass
    return tags


def _newest(tags: dict[str, str]) -> "Version":
    from packaging.version import Version

    return max(Version(tag) for tag in tags)
