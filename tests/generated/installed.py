"""A generated project with its virtual environment."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from combinations import Combination

COMMAND_SECONDS = 600
INHERITED = (
    "HOME",
    "LANG",
    "UV_CACHE_DIR",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "SSL_CERT_FILE",
    "TMPDIR",
)


def surroundings(**variables: str) -> dict[str, str]:
    """An environment without the settings and the virtual environment of whoever runs the tests."""
    paths = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"PATH": os.pathsep.join(paths), **kept, **variables}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def has_python(version: str) -> bool:
    """Whether uv finds this Python, or can fetch it."""
    for command in ("find", "install"):
        done = subprocess.run(
            ["uv", "python", command, version],
            env=surroundings(UV_HTTP_RETRIES="0"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return True
    return False


@dataclass(frozen=True)
class Installed:
    """A project that can be run."""

    combination: Combination
    root: Path

    @property
    def python(self) -> str:
        return str(self.root / ".venv" / "bin" / "python")

    @property
    def program(self) -> tuple[str, ...]:
        """The project's own program, to which a command such as `serve` is added."""
        python, *words = str(self.combination.facts["program"]).split()
        assert python == "python"
        return (self.python, *words)

    @property
    def importing_settings(self) -> str:
        """The statement that imports the class of what is read from the environment, and what loads it."""
        package = self.combination.package
        if self.combination.framework == "django":
            names = "Environment as Settings, load_environment as load_settings"
            return f"from {package}.environment import {names}"
        return f"from {package}.settings import Settings, load_settings"

    def copied(self, folder: Path) -> "Installed":
        """A copy of it below a folder, without its environment."""
        root = folder / "project"
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
        return Installed(self.combination, root)

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project and return what came of it."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=surroundings(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
