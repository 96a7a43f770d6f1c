"""The template that travels in a wheel: a git bundle, kept where projects can find it again.

Projects remember the place and a name in it, so what is kept there only ever grows: a build adds the
names that are missing and replaces none, whatever is built or installed in which order.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scaffold import git, state
from scaffold.errors import ScaffoldError

RECORDED = "~/.local/share/scaffold/templates.bundle"
DISTRIBUTION = "scaffold-web"
_PACKED = Path(__file__).parents[1] / "templates.bundle"


def version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version

    return version(DISTRIBUTION)


def own() -> str:
    """Return the name of the template that this build was made with: the head of what is packed."""
    heads = _heads(_PACKED)
    return next(name for name, commit in _named(heads).items() if commit == heads["HEAD"])


def different() -> list[str]:
    """Return the names that are kept for other templates than this build has by them."""
    kept = _named(_heads(Path(RECORDED).expanduser()))
    return [name for name, commit in _named(_heads(_PACKED)).items() if kept[name] != commit]


def is_local(name: str) -> bool:
    """Return whether the template of this name was never committed, so that no repository has it."""
    return "+tree-" in name


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
    """Add what is packed to what is kept where projects look, in one rename; None if nothing is packed.

    Raises:
        ScaffoldError: if that place cannot be written to.
    """
    if not _PACKED.is_file():
        return None
    try:
        kept = Path(RECORDED).expanduser()
        if missing := _missing(kept):
            state.make(kept.parent)
            _grow(kept, missing)
        for path, mode in ((kept.parent, 0o700), (kept, 0o600)):
            if path.stat().st_mode & 0o777 != mode:
                path.chmod(mode)
    except (OSError, RuntimeError) as error:
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


def _missing(kept: Path) -> set[str]:
    return _named(_heads(_PACKED)).keys() - _named(_heads(kept)).keys()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time add something, or the last one to rename would take back the others'."""
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _grow(kept: Path, missing: Iterable[str]) -> None:
    import tempfile

    with (
        _locked(kept.parent),
        tempfile.TemporaryDirectory(prefix=".templates-", dir=kept.parent) as folder,
    ):
        made = Path(folder) / kept.name
        repository = Path(folder) / "joined.git"
        git.call("init", "--quiet", "--bare", "--initial-branch=main", repository, apart=True)
        present = _named(_heads(kept))
        for bundle, names in ((kept, present), (_PACKED, set(missing) - present.keys())):
            if names:
                refs = (f"refs/tags/{name}:refs/tags/{name}" for name in sorted(names))
                git.call("fetch", "--quiet", bundle, *refs, at=repository, apart=True)
        newest = f"refs/tags/{_newest(repository)}"
        git.call("update-ref", "refs/heads/main", newest, at=repository, apart=True)
        git.call("bundle", "create", "--quiet", made, "HEAD", "--all", at=repository, apart=True)
        made.chmod(0o600)
        os.replace(made, kept)


def _newest(repository: Path) -> str:
    from packaging.version import Version

    return max(git.call("tag", "--list", at=repository, apart=True).split(), key=Version)


def _heads(bundle: Path) -> dict[str, str]:
    """Return the refs of a bundle with their commits, from its header (gitformat-bundle)."""
    heads: dict[str, str] = {}
    try:
        with bundle.open("rb") as file:
            if not file.readline().startswith(b"# v"):
                return {}
            for line in file:
                commit, _, name = line.decode("utf-8", "replace").strip().partition(" ")
                if not commit:
                    break
                heads[name] = commit
    except FileNotFoundError:
        pass
    return heads


def _named(heads: dict[str, str]) -> dict[str, str]:
    tags = "refs/tags/"
    return {
        name.removeprefix(tags): commit for name, commit in heads.items() if name.startswith(tags)
    }
