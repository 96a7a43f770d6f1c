"""The plan carried out: all of it in git's index and the working tree, or taken back by the next run.

No git command changes a whole tree at once. A ref holds the result from before the first file is written
until after the last, so that a run that was killed in between can be told from what its user did.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold import git, stopping
from scaffold.errors import NotReady, ScaffoldError
from scaffold.updating import refusals
from scaffold.updating.merging import Conflict, Merged
from scaffold.updating.repository import Entries, Entry, Repository
from scaffold.updating.throwaway import Throwaway

# Each linked working tree has its own.
REF = "refs/worktree/scaffold-update"
_RESTORE = "git restore --source=HEAD --staged --worktree -- ."
_RESET = "git reset --hard"
_LISTED = ("--pathspec-from-file=-", "--pathspec-file-nul")
# As long a git that lives may hold a lock.
_SECONDS = 3


def undo(project: Repository, merged: Merged, head: Entries) -> str:
    """Return the command that takes back what `apply` is about to write, and nothing else."""
    sparse = git.output("config", "--type=bool", "core.sparseCheckout", at=project.top)
    # Of both `git restore` leaves something.
    left = sparse == "true" or any(each.path not in head for each in merged.conflicts)
    # A reset takes back what is changed elsewhere in the repository, too.
    alone = not project.git("status", "--porcelain", "--untracked-files=no").strip()
    return _RESET if left and alone else _RESTORE


def apply(project: Repository, throwaway: Throwaway, merged: Merged) -> None:
    """Write the result into the index and the working tree.

    Raises:
        NotReady: if somebody changed the project since it was looked at.
        ScaffoldError: if it cannot be written; the project is then as it was.
    """
    tree = throwaway.tree(merged.result, project.head, project.prefix)
    commit = throwaway.commit(tree, project.head)
    with stopping.deferred(), _alone(project):
        _still_ready(project, merged)
        _take_over(project, throwaway, commit, merged.conflicts)
        project.git("update-ref", REF, commit)
        try:
            with suppress(git.GitError):
                project.git("update-index", "-q", "--refresh")
            project.git("read-tree", "-m", "-u", "--no-recurse-submodules", project.head, commit)
            _mark(project, merged.conflicts)
        except ScaffoldError as error:
            raise _ended(project, commit, error) from error
        project.git("update-ref", "-d", REF)


def recover(project: Repository) -> bool:
    """Take back what a run that was killed had begun to write, and return whether there was such a run.

    Raises:
        NotReady: if somebody changed what it wrote.
    """
    commit = git.output("rev-parse", "--verify", "--quiet", REF, at=project.top)
    if not commit:
        return False
    with stopping.deferred(), _alone(project):
        if git.output("rev-parse", f"{commit}^", at=project.top) == project.head:
            _take_back(project, commit)
        else:
            # Whatever was written is its owner's by now.
            project.git("update-ref", "-d", REF)
            return False
    return True


def _ended(project: Repository, commit: str, error: ScaffoldError) -> ScaffoldError:
    """Take back what was written until an error, and return it in words."""
    try:
        _take_back(project, commit)
    except NotReady as changed:
        return changed
    except (ScaffoldError, OSError) as another:
        return ScaffoldError(
            f"the project cannot be written: {error}; nor can what was written be taken back: {another}: mend "
            f"that, and run again, which takes it back first; or {_RESTORE}"
        )
    return ScaffoldError(f"the project cannot be written, and is as it was: {error}")


def _still_ready(project: Repository, merged: Merged) -> None:
    """Refuse a project that its owner went on with while it was compared, or while the plan was read."""
    if git.output("rev-parse", "--verify", "--quiet", "HEAD", at=project.top) != project.head:
        raise NotReady("another commit was checked out since the plan was made: run again")
    refusals.unfinished(project)
    refusals.changed(project)
    refusals.in_the_way(project, project.committed(), merged.result)


def _take_over(
    project: Repository, throwaway: Throwaway, commit: str, conflicts: list[Conflict]
) -> None:
    """Copy the objects that the project has not."""
    listed = throwaway.git("rev-list", "--objects", commit, f"^{project.head}").decode(
        "utf-8", "surrogateescape"
    )
    names = {line.partition(" ")[0] for line in listed.splitlines()}
    names |= {entry.name for each in conflicts for entry in each.stages.values()}
    for name in names:
        source = throwaway.place / "objects" / name[:2] / name[2:]
        target = project.objects / name[:2] / name[2:]
        if not source.exists() or target.exists():
            continue
        beside = target.with_name(f"tmp_obj_{os.getpid()}_{name[2:8]}")
        try:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, beside)
            beside.replace(target)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise ScaffoldError(
                f"the project cannot be written, and is as it was: {error}"
            ) from error


def _mark(project: Repository, conflicts: list[Conflict]) -> None:
    """Let git know what is not merged, and show of that what a sparse checkout hides."""
    lines = []
    hidden = []
    for each in conflicts:
        path = f"{project.prefix}{each.path}"
        if each.lines and not (project.top / path).exists():
            hidden.append(path)
        lines.append(f"0 {'0' * len(project.head)}\t{path}\0")
        lines += [
            f"{entry.mode} {entry.name} {stage}\t{path}\0"
            for stage, entry in sorted(each.stages.items())
        ]
    if hidden:
        listed = os.fsencode("".join(f"{path}\0" for path in hidden))
        shown = ("checkout", "--ignore-skip-worktree-bits", *_LISTED)
        project.git("--literal-pathspecs", *shown, given=listed)
    if lines:
        given = os.fsencode("".join(lines))
        project.git("update-index", "-z", "--index-info", given=given)


def _take_back(project: Repository, commit: str) -> None:
    listed = git.data("diff-tree", "-r", "-z", "--no-renames", project.head, commit, at=project.top)
    parts = os.fsdecode(listed).split("\0")[:-1]
    changed = {
        path: (Entry(about[1:7], about.split()[2]), Entry(about.split()[1], about.split()[3]))
        for about, path in zip(parts[::2], parts[1::2], strict=True)
    }
    for path, sides in changed.items():
        if not _is_ours(project, path, sides):
            raise NotReady(
                f"a run was stopped while it wrote, and {path} has been changed since: {_RESTORE} takes all "
                f"of it back, git update-ref -d {REF} keeps all as it is; then run again"
            )
    _free(project.place / "index.lock", project.objects.parent / "packed-refs.lock")
    before = [path for path, (old, _) in changed.items() if old.mode != "000000"]
    added = [path for path, (old, _) in changed.items() if old.mode == "000000"]
    for path in added:
        file = project.top / path
        with suppress(OSError):
            file.unlink()
        for above in file.relative_to(project.top).parents[:-1]:
            with suppress(OSError):
                (project.top / above).rmdir()
    unmerged = project.git("ls-files", "-u", "-z", "--full-name").split("\0")[:-1]
    marked = {line.partition("\t")[2] for line in unmerged} - set(before)
    gone = "".join(f"0 {'0' * len(project.head)}\t{path}\0" for path in {*added, *marked})
    project.git("update-index", "-z", "--index-info", given=os.fsencode(gone))
    if before:
        listed = os.fsencode("".join(f"{path}\0" for path in before))
        restore = ("restore", f"--source={project.head}", "--staged", "--worktree")
        project.git("--literal-pathspecs", *restore, *_LISTED, given=listed)
        # Restoring passes over what a sparse checkout hides.
        project.git("--literal-pathspecs", "reset", "--quiet", *_LISTED, given=listed)
    project.git("update-ref", "-d", REF)


def _is_ours(project: Repository, path: str, sides: tuple[Entry, Entry]) -> bool:
    """Return whether a file is as it was, as it was to be, or not all written."""
    file = project.top / path
    known = [each for each in sides if each.mode != "000000"]
    if not file.is_symlink() and not file.exists():
        return True
    if file.is_dir() and not file.is_symlink():
        return True
    if file.is_symlink():
        held = os.fsencode(file.readlink())
        return held in project.contents(each.name for each in known)
    name = git.output("hash-object", "--", path, at=project.top)
    if name in {each.name for each in known}:
        return True
    held = file.read_bytes()
    wholes = project.contents(each.name for each in known if each.mode != "160000")
    return any(
        whole.startswith(held) or whole.replace(b"\n", b"\r\n").startswith(held) for whole in wholes
    )


def _free(*locks: Path) -> None:
    """Remove the locks of a git that was killed, once there was time for a living one to let go of them."""
    for _ in range(10 * _SECONDS):
        if not any(_is_young(lock) for lock in locks):
            break
        time.sleep(0.1)
    for lock in locks:
        lock.unlink(missing_ok=True)


def _is_young(lock: Path) -> bool:
    try:
        return abs(time.time() - lock.stat().st_mtime) < _SECONDS
    except FileNotFoundError:
        return False


@contextmanager
def _alone(project: Repository) -> Iterator[None]:
    """Let one run at a time write."""
    descriptor = os.open(project.place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _free(project.place / f"{REF}.lock")
        yield
    except BlockingIOError as error:
        raise NotReady(
            "another run of scaffold is writing into this project: wait for it"
        ) from error
    finally:
        os.close(descriptor)
