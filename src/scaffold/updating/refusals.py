"""What keeps a project from being changed: said before anything is written, each with what to do."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from scaffold import git
from scaffold.errors import NotReady
from scaffold.updating.repository import Entries, Repository

_OLDEST = (2, 31)
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}
_MARKERS = ("^<<<<<<< ", "^>>>>>>> ")


def old_git() -> None:
    """Refuse a git that does not take its configuration from the environment."""
    git.require()
    found = re.search(r"(\d+)\.(\d+)", git.call("version"))
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        needed = ".".join(map(str, _OLDEST))
        raise NotReady(f"git is too old, updates need {needed} or newer: install a newer git")


def unfinished(repository: Repository) -> None:
    """Refuse a repository in which something is under way, or not resolved.

    Raises:
        NotReady: with what it is.
    """
    for name, what in _UNDER_WAY.items():
        if (repository.place / name).exists():
            raise NotReady(f"{what} is under way: finish it or abort it, and run again")
    if (repository.place / "index.lock").exists():
        raise NotReady(
            f"another git is at work in {repository.top}: wait for it; if there is none, remove "
            f"{repository.place / 'index.lock'}"
        )
    if found := unmerged(repository):
        raise NotReady(
            f"{_some(found)} not merged: resolve the conflicts, git add and git commit, and run again"
        )
    if left := markers(repository):
        raise NotReady(
            f"{_some(left)} left with conflict markers: resolve them, commit, and run again"
        )


def unmerged(repository: Repository) -> list[str]:
    """Return the paths that git's index has not merged."""
    lines = repository.listed("ls-files", "-u", "-z")
    return sorted({line.partition("\t")[2] for line in lines})


def markers(repository: Repository) -> dict[str, list[int]]:
    """Return the lines in which the project's files have conflict markers, by path."""
    patterns = [part for each in _MARKERS for part in ("-e", each)]
    search = ("grep", "-I", "-G", "-z", "--no-color", "--full-name")
    if git.output(*search, "--all-match", "-l", *patterns, at=repository.folder) is None:
        return {}
    found: dict[str, list[int]] = {}
    files = repository.listed(*search, "--all-match", "-l", *patterns)
    for file in files:
        path = repository.top / file
        # Of a file that git was told not to look at, its index is searched.
        if not path.is_file():
            continue
        with path.open("rb") as lines:
            starts = [
                number for number, line in enumerate(lines, 1) if line.startswith(b"<<<<<<< ")
            ]
        found[file.removeprefix(repository.prefix)] = starts
    return found


def changed(repository: Repository) -> None:
    """Refuse a project with changes that are not committed, those that git was told to ignore too.

    Raises:
        NotReady: with the files.
    """
    whole = ("--untracked-files=all", "--ignore-submodules=none", "--no-renames")
    status = ("status", "--porcelain", "-z", *whole, "--", ".")
    found = [line[3:].removeprefix(repository.prefix) for line in repository.listed(*status)]
    if found:
        raise NotReady(
            f"{_some(found)} not committed: git add and git commit, or git stash "
            "--include-untracked, and run again"
        )
    hidden = sorted(_hidden(repository))
    if hidden:
        flags = "--no-skip-worktree --no-assume-unchanged"
        raise NotReady(
            f"{_some(hidden)} changed where git was told not to look, and would be overwritten: "
            f"git update-index {flags} FILE, and commit or restore it"
        )


def _hidden(repository: Repository) -> Iterator[str]:
    for line in repository.listed("ls-files", "-v", "-s", "-z"):
        flag, about = line[0], line[2:]
        if flag not in "Sh" or about[:6] == "160000":
            continue
        mode, name, stage_path = about.split(" ", 2)
        path = stage_path.partition("\t")[2]
        file = repository.folder / path
        if mode == "120000" or file.is_symlink() or not file.is_file():
            continue
        if git.output("hash-object", "--", path, at=repository.folder) != name:
            yield path


def in_the_way(repository: Repository, before: Entries, after: Entries) -> None:
    """Refuse to write where git keeps nothing and yet something is, or through a link.

    Raises:
        NotReady: with the first such path.
    """
    for path in sorted(path for path, entry in after.items() if before.get(path) != entry):
        file = repository.folder / path
        for above in reversed(file.relative_to(repository.folder).parents):
            folder = repository.folder / above
            known = str(above) in before
            if folder.is_symlink() and not known:
                raise NotReady(
                    f"{path} would be written through {above}, a link that git does not keep: "
                    "move it away, and run again"
                )
            if folder.exists() and not folder.is_dir() and not known:
                raise _ignored(str(above))
        # What is below a file that goes is not there.
        if path not in before and not _below_a_file(path, before) and _there(file):
            raise _ignored(path)


def _ignored(path: str) -> NotReady:
    return NotReady(
        f"{path} is ignored by git, and a new file of the template would overwrite it: move it away, "
        "or commit it (git add --force), and run again"
    )


def _there(file: Path) -> bool:
    """Return whether something is at a path that git would have to take away."""
    if file.is_dir() and not file.is_symlink():
        return any(not each.is_dir() for each in file.rglob("*"))
    return file.is_symlink() or file.exists()


def _below_a_file(path: str, before: Entries) -> bool:
    return any(str(above) in before for above in Path(path).parents) or any(
        each.startswith(f"{path}/") for each in before
    )


def _some(paths: Collection[str]) -> str:
    listed = sorted(paths)
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return f"{', '.join(listed[:5])}{more} {'is' if len(listed) == 1 else 'are'}"
