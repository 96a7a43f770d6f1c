"""What uv does in a new project: its own lock and its own environment, wherever it is made."""

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scaffold import git
from scaffold.making import running
from scaffold.project import FollowUp

LOCK, SYNC = "uv lock", "uv sync"
# Variables that let uv work on another project or environment, or write less than a lock and the
# environment of all groups. Those of indexes, caches, certificates and interpreters are the user's.
_ELSEWHERE = re.compile(
    r"UV_(PROJECT|PROJECT_ENVIRONMENT|WORKING_DIR|WORKING_DIRECTORY|NO_PROJECT|SYSTEM_PYTHON|ISOLATED"
    r"|FROZEN|LOCKED|NO_SYNC|DEV|NO_DEV|GROUP|NO_GROUP|NO_DEFAULT_GROUPS|NO_EDITABLE|VENV_\w+"
    r"|(NO|ONLY)_INSTALL_\w+)"
)
_MOVING = ("UV_PROJECT", "UV_WORKING_DIR")
_PUBLIC = "https://pypi.org/simple"


@dataclass(frozen=True)
class Uv:
    """Where uv is, and whether a shell would find it."""

    path: str
    on_path: bool


def find_uv() -> Uv | None:
    """Return the uv of the user's, else the one in this program's own environment."""
    found = shutil.which("uv")
    return Uv(found, on_path=True) if found else _own_uv()


def reach() -> list[str]:
    """Return the steps after which a shell finds uv: none where it does."""
    uv = find_uv()
    if uv is None:
        return ["install uv: https://docs.astral.sh/uv/"]
    if uv.on_path:
        return []
    return [f'export PATH={shlex.quote(os.path.dirname(uv.path))}:"$PATH"   # where uv is']


def install(folder: Path, skipped: str, starting: Callable[[str], None]) -> Iterator[FollowUp]:
    """Lock and install what the project in a folder needs, and yield each step as it ends."""
    uv = None if skipped else find_uv()
    if uv is None:
        skipped = skipped or "uv was not found"
    else:
        skipped = _taken_in(uv, folder)
    for name, command, seconds, done in (
        ("lock", LOCK, 180, _locked),
        ("install", SYNC, 900, _installed),
    ):
        if uv is None or skipped:
            yield FollowUp(name, "skipped", skipped, command)
            continue
        starting(command)
        failure = _run(uv, folder, command.split()[1:], seconds).failure
        detail = "" if failure else done(folder)
        if detail is None:
            failure = f"{command} ended well, but there is nothing of it in {folder}"
        if failure:
            yield FollowUp(name, "failed", failure, command)
        else:
            yield FollowUp(name, "done", detail or "", _unset() if name == "install" else "")
        skipped = failure


def lock(folder: Path) -> FollowUp:
    """Renew the lock of a project, which keeps the versions that still fit."""
    uv = find_uv()
    failure = "uv was not found" if uv is None else _taken_in(uv, folder)
    if uv is None or failure:
        return FollowUp("lock", "skipped", failure, LOCK)
    failure = _run(uv, folder, LOCK.split()[1:], 180).failure
    return FollowUp("lock", "failed" if failure else "done", failure, LOCK if failure else "")


def _own_uv() -> Uv | None:
    try:
        from uv import find_uv_bin

        return Uv(find_uv_bin(), on_path=False)
    except (ImportError, FileNotFoundError):
        return None


def _run(uv: Uv, folder: Path, arguments: list[str], seconds: float) -> running.Ran:
    environment = git.environment({"UV_NO_PROGRESS": "1"})
    for name in _moving(environment):
        del environment[name]
    environment.pop("VIRTUAL_ENV", None)
    return running.run([uv.path, *arguments], folder, seconds, environment)


def _moving(names: dict[str, str]) -> list[str]:
    return sorted(name for name in names if _ELSEWHERE.fullmatch(name))


def _taken_in(uv: Uv, folder: Path) -> str:
    """Return why nothing is run where uv would change another project's lock and environment."""
    # An older uv of the user's may not know the question.
    asked = _run(_own_uv() or uv, folder, ["workspace", "dir"], 30)
    root = asked.output.strip()
    if asked.failure or not os.path.isabs(root) or Path(root).resolve() == folder.resolve():
        return ""
    below = os.path.relpath(folder.resolve(), Path(root).resolve())
    return (
        f"the uv workspace in {root} takes the project in, and its lock and environment would be "
        f'changed instead: add "{below}" to tool.uv.workspace.exclude there, or let it be a member'
    )


def _locked(folder: Path) -> str | None:
    """Return what is to be said of the lock, or None if there is none."""
    try:
        text = (folder / "uv.lock").read_text(encoding="utf-8")
    except OSError:
        return None
    found = {_shown(each) for each in re.findall(r'\bregistry = "([^"]+)"', text)} - {_PUBLIC}
    if not found:
        return ""
    return f"it names {', '.join(sorted(found))}, which everybody who installs it must reach"


def _installed(folder: Path) -> str | None:
    """Return what is to be said of the environment, or None if there is none."""
    if not (folder / ".venv" / "pyvenv.cfg").is_file():
        return None
    moving = _moving(dict(os.environ))
    return f"without {', '.join(moving)}, which your shell still sets" if moving else ""


def _unset() -> str:
    """Return the command after which uv works on the project for the user too."""
    names = [name for name in _moving(dict(os.environ)) if name.startswith(_MOVING)]
    return f"unset {' '.join(names)}" if names else ""


def _shown(index: str) -> str:
    """Return where an index is, without the credentials that its address may hold."""
    address = urlsplit(index)
    return address._replace(netloc=address.netloc.rpartition("@")[2]).geturl().rstrip("/")
