"""What follows the files: lock, install, repository, first commit. Each optional, none can undo them."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scaffold import git
from scaffold.project import Project, Step

MESSAGE = "Start the project"
_STRANGE = "the template is not trusted"
COMMANDS = {
    "lock": "uv lock",
    "install": "uv sync",
    "repository": "git init",
    "commit": f'git add --all && git commit -m "{MESSAGE}"',
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


@dataclass(frozen=True)
class Uv:
    """Where uv is, and whether a shell would find it."""

    path: str
    on_path: bool


def find_uv() -> Uv | None:
    """Return the uv of the user's, else the one in this program's own environment."""
    found = shutil.which("uv")
    if found:
        return Uv(found, on_path=True)
    try:
        from uv import find_uv_bin

        return Uv(find_uv_bin(), on_path=False)
    except (ImportError, FileNotFoundError):
        return None


def plan(skipped: Skipped) -> list[str]:
    """Return the commands that would be run."""
    install, commit = skipped
    why_not = {"lock": install, "install": install, "repository": commit, "commit": commit}
    return [command for name, command in COMMANDS.items() if not why_not[name]]


def left(steps: list[Step]) -> list[str]:
    """Return the commands that the steps leave to the user; a lock made later is committed later."""
    commands = [step.remedy for step in steps if step.remedy]
    done = {step.name for step in steps if step.status == "done"}
    if "uv lock" in commands and "commit" in done:
        commands.append('git add uv.lock && git commit -m "Lock the dependencies"')
    return commands


def finish(
    project: Project, skipped: Skipped, *, starting: Callable[[str], None]
) -> Iterator[Step]:
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
                yield Step(name, "skipped", "stopped", command)
        raise


def _steps(folder: Path, skipped: Skipped, starting: Callable[[str], None]) -> Iterator[Step]:
    yield from _install(folder, skipped.install, starting)
    yield from _commit(folder, skipped.commit, starting)


def _install(folder: Path, skipped: str, starting: Callable[[str], None]) -> Iterator[Step]:
    uv = None if skipped else find_uv()
    failure = skipped
    if not skipped and uv is None:
        failure = "uv was not found"
    for name, seconds in (("lock", 180), ("install", 900)):
        remedy = COMMANDS[name]
        if uv is not None and not failure:
            starting(remedy)
            failure = _run([uv.path, *remedy.split()[1:]], folder, seconds)
            status = "failed" if failure else "done"
            yield Step(name, status, failure, remedy if failure else "")
        else:
            yield Step(name, "skipped", failure, remedy)


def _commit(folder: Path, skipped: str, starting: Callable[[str], None]) -> Iterator[Step]:
    add = COMMANDS["commit"]
    if skipped:
        yield Step("repository", "skipped", skipped, "" if _top(folder) else "git init")
        yield Step("commit", "skipped", skipped, add)
        return
    top = _top(folder)
    if top is not None and top != folder.resolve():
        detail = f"it is inside the repository {top}"
        yield Step("repository", "skipped", detail)
        yield Step("commit", "skipped", detail, add)
        return
    if top is None:
        starting("git init")
        branch = git.output("config", "init.defaultBranch") or "main"
        failure = _run(["git", "init", "--quiet", f"--initial-branch={branch}"], folder, 30)
        yield Step(
            "repository", "failed" if failure else "done", failure, "git init" * bool(failure)
        )
        if failure:
            yield Step("commit", "skipped", "there is no repository", add)
            return
    else:
        yield Step("repository", "skipped", "it is there already")
        if git.output("rev-parse", "--verify", "--quiet", "HEAD", at=folder):
            yield Step("commit", "skipped", "the repository has commits already", add)
            return
    starting("git commit")
    failure = _run(["git", "add", "--all"], folder, 60) or _run(
        ["git", "commit", "--quiet", "--message", MESSAGE], folder, 60
    )
    yield Step("commit", "failed" if failure else "done", failure, add if failure else "")


def _top(folder: Path) -> Path | None:
    top = git.output("rev-parse", "--show-toplevel", at=folder)
    return Path(top).resolve() if top else None


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run a command that cannot prompt or outlive its time; return what went wrong, or nothing.

    Its output goes to a file, since a pipe held open by a grandchild, such as a commit hook's,
    would be waited for.
    """
    environment = git.environment({"GIT_EDITOR": "true", "UV_NO_PROGRESS": "1"})
    environment.pop("VIRTUAL_ENV", None)
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            return str(error)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"{Path(command[0]).name} took longer than {seconds:.0f} seconds"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        output.seek(0)
        said = output.read().decode("utf-8", "replace").strip()
    return (said or f"status {status}") if status else ""
