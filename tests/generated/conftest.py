"""Installs the chosen projects once a session, and serves each of them once for all that call it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from combinations import Combination
from recording import note
from rows import row_of
from selenium import webdriver
from served import chosen, served

from scaffold.catalogue.values import plain
from scaffold.evidence.lock import packages

from . import versions
from .browsing import forget, opened
from .installed import Installed, has_python, surroundings
from .service import Service, serving

HERE = Path(__file__).parent
CHOSEN: list[Any] = [pytest.param(row, id=str(row)) for row in chosen()]
OTHERS: list[Any] = [
    pytest.param(row, marks=pytest.mark.matrix, id=str(row))
    for row in served()
    if row not in chosen()
]
EVERY = [*CHOSEN, *OTHERS]


def having(fact: str, entries: list[Any]) -> list[Any]:
    """Those parameters for whose project a fact holds."""
    return [entry for entry in entries if entry.values[0].facts[fact]]


def lacking(fact: str, entries: list[Any]) -> list[Any]:
    """Those parameters for whose project it does not."""
    return [entry for entry in entries if not entry.values[0].facts[fact]]


def each(entries: list[Any], *facts: str) -> list[Any]:
    """The first of each framework's parameters, and of each combination of these facts."""
    found: dict[tuple[Any, ...], Any] = {}
    for entry in entries:
        combination = entry.values[0]
        key = (combination.framework, *(combination.facts[fact] for fact in facts))
        found.setdefault(key, entry)
    return list(found.values())


def project_of(item: pytest.Item) -> str:
    """The project that a test is about: one process installs and serves it for all of its tests."""
    return row_of(item) or item.path.stem


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            costly = item.get_closest_marker("daily")
            if costly and not project_of(item).startswith(costly.args):
                item.add_marker(pytest.mark.matrix)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group(project_of(item)))
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


Install = Callable[[Combination], Installed]
Boot = Callable[[Combination], Service]


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Generates and installs a combination's project, or hands out the one that is there.

    Skips the test where its Python is not.
    """
    done: dict[str, Installed] = {}

    def get(combination: Combination) -> Installed:
        python = combination.answers["python_version"]
        if not has_python(python):
            pytest.skip(f"Python {python} was not there")
        if combination.name not in done:
            root = tmp_path_factory.mktemp("generated") / "project"
            generate(combination, root)
            project = done[combination.name] = Installed(combination, root)
            note(
                combination,
                installed=versions.installed(project),
                servers=versions.builtin(project),
                locked=packages(root / "uv.lock"),
            )
        return done[combination.name]

    return get


def generate(combination: Combination, root: Path) -> None:
    """`scaffold new` as a stranger types it, from this checkout."""
    data = [
        f"--data={key}={plain(value)}"
        for key, value in combination.answers.items()
        if key != "framework"
    ]
    framework = f"--framework={combination.answers['framework']}"
    command = ["scaffold", "new", str(root), "--yes", framework, "--no-git", *data]
    environment = surroundings(UV_PYTHON=combination.answers["python_version"])
    done = subprocess.run(
        [*command, "--allow-dirty"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (root / "uv.lock").is_file(), done.stdout + done.stderr
    assert (root / ".venv").is_dir(), done.stdout + done.stderr


@pytest.fixture(scope="session")
def boot(install: Install, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boot]:
    """Serves a combination in production, two workers; one service for the whole session."""
    with ExitStack() as stack:
        yield booting(stack, install, tmp_path_factory, environment="production")


@pytest.fixture(scope="session")
def boot_in_development(
    install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Boot]:
    """Serves as a developer does: elsewhere cookies are for HTTPS alone."""
    with ExitStack() as stack:
        yield booting(stack, install, tmp_path_factory, environment="development")


def booting(
    stack: ExitStack, install: Install, folders: pytest.TempPathFactory, *, environment: str
) -> Boot:
    """What serves each combination once, until the stack is closed or it is another's turn."""
    up: dict[str, Service] = {}

    def get(combination: Combination) -> Service:
        if combination.name not in up:
            if "PYTEST_XDIST_WORKER" in os.environ:
                # Projects come one after the other, and a database server takes so many connections.
                stack.close()
                up.clear()
            served = serving(
                install(combination), folders.mktemp("service"), environment=environment
            )
            up[combination.name] = stack.enter_context(served)
        return up[combination.name]

    return get


@pytest.fixture(scope="session", params=EVERY)
def project(request: pytest.FixtureRequest, install: Install) -> Installed:
    """One installed project after the other."""
    return install(request.param)


@pytest.fixture(scope="session", params=EVERY)
def service(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service after the other."""
    return boot(request.param)


@pytest.fixture(scope="session", params=having("has_auth", EVERY))
def accounts(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service with accounts after the other."""
    return boot(request.param)


@pytest.fixture(scope="session", params=having("has_jwt", EVERY))
def bearers(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service whose accounts have tokens after the other."""
    return boot(request.param)


@pytest.fixture(scope="session", params=having("has_session", EVERY))
def sessions(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service whose accounts have sessions after the other."""
    return boot(request.param)


@pytest.fixture(scope="session", params=having("has_django", EVERY))
def django(request: pytest.FixtureRequest, install: Install) -> Installed:
    """One installed Django project after the other."""
    return install(request.param)


@pytest.fixture
def client(service: Service) -> httpx2.Client:
    """Anybody."""
    return service.client


@pytest.fixture
def admin(service: Service) -> httpx2.Client:
    """Whoever may do everything."""
    return service.admin()


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """One browser for all tests: it takes a while to start."""
    with opened() as found:
        yield found


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> webdriver.Chrome:
    """A browser in which nobody is logged in, and that remembers nothing."""
    forget(chromium)
    return chromium
