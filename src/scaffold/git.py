"""The few git calls, none of which can prompt or hang.

Each runs in a session of its own: without a controlling terminal neither git nor ssh nor gpg can ask
for anything. Variables that point git at another repository (a hook sets them) are taken out.
Templates are read `apart` from the user: no configuration of theirs, nor any variable but those that say
where git's own programs and the network's keys are, can then change what is read.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.errors import GitMissing, ScaffoldError

# "git rev-parse --local-env-vars" without the ones that carry configuration, and its like.
_LOCAL = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
}


_KEPT = ("GIT_EXEC_PATH", "GIT_SSH", "GIT_SSL_", "GIT_TRACE")
_CONFIGURATION = Path(__file__).with_name("gitconfig")


class GitError(ScaffoldError):
    """A git command failed; the message is what git said."""


def require() -> None:
    """Raise `GitMissing` unless there is a git binary."""
    if shutil.which("git") is None:
        raise GitMissing(
            "git was not found: the template is kept in a git repository; install git and run again"
        )


def environment(extra: Mapping[str, str] | None = None, *, apart: bool = False) -> dict[str, str]:
    """Return the environment for git and for programs that call it."""
    kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    if apart:
        kept = {
            name: value
            for name, value in kept.items()
            if name.startswith(_KEPT) or not name.startswith("GIT_")
        } | {
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(_CONFIGURATION),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
    # Messages are shown to people, and told apart, in one language.
    language = {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}
    return kept | language | {"GIT_TERMINAL_PROMPT": "0"} | dict(extra or {})


def call(
    *arguments: str | Path,
    at: Path | None = None,
    extra: Mapping[str, str] | None = None,
    seconds: float = 60,
    apart: bool = False,
) -> str:
    """Run one git command in the folder `at` and return its output.

    Raises:
        GitMissing: if there is no git.
        GitError: if it fails or takes longer than `seconds`.
    """
    done = data(*arguments, at=at, extra=extra, seconds=seconds, apart=apart)
    return done.decode("utf-8", "surrogateescape")


def data(
    *arguments: str | Path,
    given: bytes = b"",
    at: Path | None = None,
    extra: Mapping[str, str] | None = None,
    seconds: float = 60,
    apart: bool = False,
) -> bytes:
    """Run one git command, with `given` on its standard input, and return its output as it is.

    Raises:
        GitMissing: if there is no git.
        GitError: if it fails or takes longer than `seconds`.
    """
    import subprocess

    command = ["git", *map(str, arguments)]
    try:
        done = subprocess.run(
            command,
            cwd=at,
            env=environment(extra, apart=apart),
            input=given,
            capture_output=True,
            start_new_session=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError:
        require()
        raise
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git {arguments[0]} took longer than {seconds:.0f} seconds") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).decode("utf-8", "surrogateescape")
        raise GitError(
            said.removeprefix("fatal: ").removeprefix("error: ") or f"status {done.returncode}"
        )
    return done.stdout


def output(*arguments: str | Path, at: Path | None = None, apart: bool = False) -> str | None:
    """Return what a git command prints, stripped, or None if it fails."""
    try:
        return call(*arguments, at=at, apart=apart).strip()
    except GitError:
        return None


def configured(settings: Sequence[tuple[str, str]], *, start: int = 0) -> dict[str, str]:
    """Return the environment in which git has these settings, after `start` others of the kind."""
    result = {"GIT_CONFIG_COUNT": str(start + len(settings))}
    for number, (key, value) in enumerate(settings, start):
        result[f"GIT_CONFIG_KEY_{number}"] = key
        result[f"GIT_CONFIG_VALUE_{number}"] = value
    return result
