"""What follows the files: lock, install, repository, first commit. Each optional, none can undo them."""

import shlex
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from scaffold import git
from scaffold.making import installing
from scaffold.making.running import Ran, run
from scaffold.project import FollowUp, Project

MESSAGE = "Start the project"
_STRANGE = "the template is not trusted"
COMMANDS = {
    "lock": installing.LOCK,
    "install": installing.SYNC,
    "repository": "git init",
    # Of a larger repository that the project is in, the project alone is meant.
    "commit": f'git add --all . && git commit -m "{MESSAGE}" .',
}


class Skipped(NamedTuple):
    """Why the dependencies are not installed, and why nothing is committed; empty where it is done."""

    install: str = ""
    commit: str = ""

    @classmethod
    def of(cls, install: bool, commit: bool, *, trusted: bool) -> "Skipped":
        """Return what was not wanted; of a template that is not trusted nothing may run."""
        otherwise = "" if trusted else _STRANGE
        return cls(otherwise if install else "--no-install", otherwise if commit else "--no-git")

    def warnings(self, template: str) -> list[str]:
        """Return what is said beforehand of a template that is not trusted."""
        if _STRANGE not in self:
            return []
        said = (
            f"{template} is not the template that came with scaffold: what it writes is neither "
            "installed nor committed, which would run its code; look at it first, or give --trust"
        )
        return [said]


def plan(skipped: Skipped) -> list[str]:
    """Return the commands that would be run."""
    install, commit = skipped
    why_not = {"lock": install, "install": install, "repository": commit, "commit": commit}
    return [command for name, command in COMMANDS.items() if not why_not[name]]


def left(steps: list[FollowUp]) -> list[str]:
    """Return the commands that the steps leave to the user; a lock made later is committed later."""
    commands = [step.remedy for step in steps if step.remedy]
    done = {step.name for step in steps if step.status == "done"}
    if "uv lock" in commands and "commit" in done:
        commands.append('git add uv.lock && git commit -m "Lock the dependencies" uv.lock')
    return commands


def finish(
    project: Project, skipped: Skipped, *, starting: Callable[[str], None]
) -> Iterator[FollowUp]:
    """Do what is not to be skipped in the finished project and yield each step as it ends.

    Raises:
        KeyboardInterrupt: if a signal stops it, after the steps that it leaves.
    """
    ended: set[str] = set()
    try:
        for step in _steps(project.destination, skipped, starting):
            ended.add(step.name)
            yield step
    except KeyboardInterrupt:
        for name, command in COMMANDS.items():
            if name not in ended:
                yield FollowUp(name, "skipped", "stopped", command)
        raise


def _steps(folder: Path, skipped: Skipped, starting: Callable[[str], None]) -> Iterator[FollowUp]:
    yield from installing.install(folder, skipped.install, starting)
    yield from _commit(folder, skipped.commit, starting)


def _commit(folder: Path, skipped: str, starting: Callable[[str], None]) -> Iterator[FollowUp]:
    add = COMMANDS["commit"]
    top = _top(folder)
    if top is not None:
        add = _with_hidden(add, folder)
    if skipped:
        yield FollowUp("repository", "skipped", skipped, "" if top else "git init")
        yield FollowUp("commit", "skipped", skipped, add)
        return
    if top is not None and top != folder.resolve():
        detail = f"it is inside the repository {top}"
        yield FollowUp("repository", "skipped", detail)
        yield FollowUp("commit", "skipped", detail, add)
        return
    if top is None:
        starting("git init")
        branch = git.output("config", "init.defaultBranch") or "main"
        command = ["git", "init", "--quiet", f"--initial-branch={branch}"]
        failure = run(command, folder, 30).failure
        yield FollowUp(
            "repository", "failed" if failure else "done", failure, "git init" * bool(failure)
        )
        if failure:
            yield FollowUp("commit", "skipped", "there is no repository", add)
            return
    else:
        yield FollowUp("repository", "skipped", "it is there already")
        if git.output("rev-parse", "--verify", "--quiet", "HEAD", at=folder):
            yield FollowUp("commit", "skipped", "the repository has commits already", add)
            return
    starting("git commit")
    failure = _add(folder) or run(["git", "commit", "--quiet", "-m", MESSAGE], folder, 60).failure
    yield FollowUp("commit", "failed" if failure else "done", failure, add if failure else "")


def _add(folder: Path) -> str:
    """Stage all that the project does not ignore itself, whatever the user ignores everywhere."""
    listed = _others(folder, "--exclude-per-directory=.gitignore")
    if listed.failure:
        return listed.failure
    with tempfile.NamedTemporaryFile() as names:
        names.write(listed.output.encode("utf-8", "surrogateescape"))
        names.flush()
        add = ["git", "--literal-pathspecs", "add", "--force", "--pathspec-file-nul"]
        return run([*add, f"--pathspec-from-file={names.name}"], folder, 60).failure


def _with_hidden(add: str, folder: Path) -> str:
    """Return the command, with what the user's own ignores would keep from it."""
    own, standard = (
        _others(folder, "--ignored", "--directory", rules).output.split("\0")
        for rules in ("--exclude-per-directory=.gitignore", "--exclude-standard")
    )
    hidden = sorted(set(standard) - set(own))
    if not hidden:
        return add
    return add.replace(" && ", f" && git add --force -- {shlex.join(hidden)} && ", 1)


def _others(folder: Path, *rules: str) -> Ran:
    return run(["git", "ls-files", "-z", "--others", *rules], folder, 60)


def _top(folder: Path) -> Path | None:
    top = git.output("rev-parse", "--show-toplevel", at=folder)
    return Path(top).resolve() if top else None
