"""Runs the program as people do: in a process of its own, with a home and a template of its own."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from forking import Run, Server, early
from light import lighten
from served import summary

from scaffold import cli
from scaffold.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from terminal import Terminal

pytest_plugins = ("rows", "recording")

# Where it is set, every Python that is started here would compile all that it imports, each time anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Ignored where the tests were started in the background; what they start would ignore it too.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
MANY = 90
GENERATED = Path(__file__).resolve().parent / "generated"
README = "templates/fastapi/README.md.jinja"
NEWS = "The next release says more."


def pytest_report_header() -> str:
    """Say how much the tests prove."""
    return summary()


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str, tag: str | None = None) -> None:
    """Commit everything in a folder, and tag it."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    if tag:
        git(folder, "tag", tag)


# As Python starts it.
COMMAND = (sys.executable, "-m", "scaffold")


def script(file: Path, text: str) -> Path:
    """Write a script of the shell that can be run, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


@dataclass(frozen=True)
class Runner:
    """Runs `scaffold` in a folder, with an environment that holds nothing of the developer's.

    Unless the command is another one, the process is forked from one that has imported the program.
    """

    folder: Path
    environment: dict[str, str]
    server: Server
    command: tuple[str, ...] = COMMAND

    def __call__(
        self, *arguments: str, typed: str | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; there is no terminal."""
        environment = self.environment | extra
        if self.command == COMMAND and early(environment) == early(os.environ):
            return self.server.run("scaffold", arguments, self.folder, environment, typed or "")
        return subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=environment,
            input=typed or "",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, said: IO[bytes], **extra: str) -> Run:
        """Start it; what it says and complains of goes to a file."""
        environment = self.environment | extra
        with open(os.devnull, "rb") as nothing:
            streams = (nothing.fileno(), said.fileno(), said.fileno())
            return self.server.start("scaffold", arguments, self.folder, environment, streams)

    def json(self, *arguments: str, **extra: str) -> Any:
        """Run it with --json and return the object."""
        return json.loads(self(*arguments, "--json", **extra).stdout)

    def fast(self, name: str, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Make a project with defaults, without what follows the files."""
        plain = ("--framework", "fastapi", "--no-install", "--no-git")
        return self("new", name, "--yes", *plain, *arguments, **extra)


@dataclass(frozen=True)
class Inside(Runner):
    """Runs it in this process: for everything that a process of its own adds nothing to."""

    def __call__(
        self, *arguments: str, typed: str | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, with this folder, environment and standard streams in place."""
        # Only a process that runs tests needs Copier.
        from templates.rendering import compiled_once

        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdout", "stderr")}
        typing = io.TextIOWrapper(io.BytesIO((typed or "").encode()), "utf-8")
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(self.folder):
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in (self.environment | extra).items():
                patch.setenv(name, value)
            for name, stream in {**streams, "stdin": typing}.items():
                patch.setattr(sys, name, stream)
            with compiled_once():
                status = cli.run(arguments)
        said = []
        for stream in streams.values():
            stream.flush()
            stream.seek(0)
            said.append(stream.read())
        return subprocess.CompletedProcess(arguments, status, *said)


@pytest.hookimpl(tryfirst=True)  # before any is left out for its marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep modules of many small tests in one process: to hand them out takes longer than most of them."""
    seen: Counter[str] = Counter()
    for item in items:
        if few := item.get_closest_marker("few"):
            function = item.nodeid.partition("[")[0]
            seen[function] += 1
            for number, mark in zip(few.args, ("slow", "matrix"), strict=False):
                if seen[function] > number:
                    item.add_marker(mark)
        if item.get_closest_marker("matrix"):
            item.add_marker(pytest.mark.slow)
    counted = Counter(item.path for item in items)
    for item in items:
        alone = item.get_closest_marker("xdist_group") or item.get_closest_marker("slow")
        if counted[item.path] > MANY and not alone:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the folder of generated projects where all of its tests would be."""
    left_out = "not slow" in str(config.option.markexpr)
    return True if left_out and collection_path == GENERATED else None


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_developers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give git an identity and no other configuration."""
    config = tmp_path_factory.mktemp("git") / "config"
    config.write_text(
        "[user]\nname = Ada Lovelace\nemail = ada@example.com\n[init]\ndefaultBranch = main\n"
        # No examples of hooks, which every copy of a repository would have.
        "templateDir =\n"
        # Nothing here outlives a loss of power.
        "[core]\nfsync = none\n[gc]\nauto = 0\n"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("GIT_CONFIG_GLOBAL", str(config))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("SCAFFOLD_TEMPLATE", "NO_COLOR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        patch.delenv(name, raising=False)
    yield
    patch.undo()


def released(folder: Path) -> Path:
    """Make a folder a repository with one release."""
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    # Copies of it have a file for all of that, and not one for each.
    git(folder, "gc", "--quiet")
    return folder


def template(folder: Path) -> Path:
    """Copy the template as it stands."""
    folder.mkdir()
    shutil.copy(ROOT / "copier.yml", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    return folder


@pytest.fixture(scope="session")
def own_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it stands, as a repository with one release."""
    return released(template(tmp_path_factory.mktemp("own") / "template"))


@pytest.fixture(scope="session")
def light_template(
    tmp_path_factory: pytest.TempPathFactory, _nothing_of_the_developers: None
) -> Path:
    """The same questions with a few of the root files: all that the command line itself needs."""
    folder = template(tmp_path_factory.mktemp("light") / "template")
    lighten(folder)
    return released(folder)


@pytest.fixture(scope="session")
def server(light_template: Path, _nothing_of_the_developers: None) -> Iterator[Server]:
    """What the runs of the program are forked from."""
    started = Server(light_template)
    yield started
    started.close()


@pytest.fixture
def changed_template(light_template: Path, tmp_path: Path) -> Path:
    """A copy of the light template that a test may change, with a README that is easy to change."""
    copy = Path(shutil.copytree(light_template, tmp_path / "template"))
    lines = "\n\n".join(f"Paragraph {number}." for number in range(6))
    (copy / README).write_text(f"# {{{{ project_name }}}}\n\n{lines}\n")
    git(copy, "tag", "--delete", "v1.0.0")
    commit(copy, "Release", "v1.0.0")
    return copy


@pytest.fixture
def scaffold(light_template: Path, server: Server, tmp_path: Path) -> Runner:
    """The program, in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    kept = {"SCAFFOLD_TEMPLATE": str(light_template), "HOME": str(home), "TERM": "xterm"}
    return Runner(folder, dict(os.environ) | kept, server)


@pytest.fixture
def inside(scaffold: Runner) -> Inside:
    """The program in this process, in the same empty folder."""
    return Inside(scaffold.folder, scaffold.environment, scaffold.server)


@pytest.fixture(scope="session")
def ours() -> Catalogue:
    """The catalogue of this repository, as it stands."""

    def read(path: str) -> str | None:
        file = ROOT / path
        return file.read_text() if file.is_file() else None

    return Catalogue((ROOT / "copier.yml").read_text(), read)


Open = Callable[..., "Terminal"]


@pytest.fixture
def open_terminal(scaffold: Runner, tmp_path: Path) -> Iterator[Open]:
    """Runs the program on a terminal with a small template; every terminal is closed at the end."""
    from terminal import Terminal, small_template

    template = small_template(tmp_path / "asking")
    opened: list[Terminal] = []

    def run(*arguments: str, runner: Runner = scaffold, **more: Any) -> Terminal:
        opened.append(Terminal(runner, template, *arguments, **more))
        return opened[-1]

    yield run
    for terminal in opened:
        terminal.close()


def announce(template: Path) -> None:
    """Add a line to the README that the template writes."""
    readme = template / README
    readme.write_text(f"{readme.read_text()}\n{NEWS}\n")


def release(template: Path, tag: str) -> None:
    """Release the template with one more line in its README."""
    announce(template)
    commit(template, "Release", tag)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
