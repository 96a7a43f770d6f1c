"""The few git calls, none of which can prompt or hang.

Each runs in a session of its own: without a controlling terminal neither git nor ssh nor gpg can ask
for anything. Variables that point git at another repository (a hook sets them) are taken out.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from scaffold.errors import GitMissing, ScaffoldError

# "git rev-parse --local-env-vars", without the ones that carry configuration.
_LOCAL = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
}


class GitError(ScaffoldError):
    """A git command failed; the message is what git said."""


def require() -> None:
    """Raise `GitMissing` unless there is a git binary."""
    if shutil.which("git") is None:
        raise GitMissing(
            "git was not found: the template is kept in a git repository; install git and run again"
        )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for git and for programs that call it."""
    kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"} | dict(extra or {})


def call(
    *arguments: str | Path,
    at: Path | None = None,
    extra: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> str:
    """Run one git command in the folder `at` and return its output.

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
            env=environment(extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
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
        said = done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}"
        raise GitError(said.removeprefix("fatal: "))
    return done.stdout


def output(*arguments: str | Path, at: Path | None = None) -> str | None:
    """Return what a git command prints, stripped, or None if it fails."""
    try:
        return call(*arguments, at=at).strip()
    except GitError:
        return None


def rewrites(urls: Mapping[str, Path]) -> dict[str, str]:
    """Return the environment in which git reads each URL from a local repository or bundle."""
    start = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    result = {"GIT_CONFIG_COUNT": str(start + len(urls))}
    for number, (url, place) in enumerate(urls.items(), start):
        result[f"GIT_CONFIG_KEY_{number}"] = f"url.{place}.insteadOf"
        result[f"GIT_CONFIG_VALUE_{number}"] = url
    return result
