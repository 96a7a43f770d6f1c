"""What the frameworks' projects have in common, so that whoever knows one finds everything in another."""

import re
from collections.abc import Callable

import pytest
import yaml
from combinations import Combination, all_off, all_on, combination

from .conftest import Project, Render

# What one framework alone has, and why: paths, variables, and services of compose with a colon behind them.
OWN = {
    "fastapi": {
        "migrations",  # Alembic's; Django's are in each app
        "tests/test_db.py",  # it alone has sessions that only read
    },
    "flask": {
        "migrations",
        "tests/__init__.py",  # its tests share helpers
        "tests/test_legacy.py",  # an option that the others lack
        "tests/test_tokens.py",
    },
    "django": {
        "SECRET_KEY",  # Django has one, with accounts and without
        "TRUSTED_PROXIES",  # its own protection asks who the client is, with accounts and without
        "tests/test_proxies.py",
        "manage.py",  # its program; FastAPI's is the package
        "tests/__init__.py",  # Django's runner finds tests in packages
        "tests/test_tokens.py",  # FastAPI's are part of test_auth.py, as it has no other door
        "tests/test_admin.py",  # an option that FastAPI lacks
        "tests/test_pages.py",  # an option that FastAPI lacks
    },
}

Pair = tuple[Project, Project]
End = Callable[[str], Combination]


def with_sessions(framework: str) -> Combination:
    """The most, with the other kind of accounts."""
    return combination({**all_on(framework).answers, "auth": "session"}, name="sessions")


@pytest.fixture(params=[all_on, with_sessions, all_off], ids=["all-on", "sessions", "all-off"])
def end(request: pytest.FixtureRequest) -> End:
    """The most, or the least."""
    found: End = request.param
    return found


@pytest.fixture(params=["django", "flask"])
def pair(request: pytest.FixtureRequest, end: End, rendered: Render) -> Pair:
    """The project of two frameworks for the same answers."""
    return rendered(end("fastapi")), rendered(end(request.param))


def shared(found: set[str]) -> set[str]:
    return found.difference(*OWN.values())


def test_what_is_at_the_root(pair: Pair) -> None:
    one, other = (shared({path.parts[0] for path in each.paths}) for each in pair)
    assert one == other


@pytest.mark.parametrize("folder", [".github", "deploy", "tests"])
def test_what_is_in_a_folder(pair: Pair, folder: str) -> None:
    one, other = (
        shared({str(path) for path in each.paths if path.parts[0] == folder}) for each in pair
    )
    assert one == other


def test_make_targets(pair: Pair) -> None:
    one, other = (
        re.findall(r"^([a-z][\w-]*):", each.read("Makefile"), re.MULTILINE) for each in pair
    )
    assert one == other


def test_variables(pair: Pair) -> None:
    one, other = (shared(set(each.variables())) for each in pair)
    assert one == other


def test_compose_services(pair: Pair) -> None:
    one, other = (
        shared({f"{name}:" for name in yaml.safe_load(each.read("compose.yaml"))["services"]})
        if each.combination.facts["has_compose"]
        else set()
        for each in pair
    )
    assert one == other


def test_what_a_framework_has_alone_is_there(rendered: Render) -> None:
    for framework, own in OWN.items():
        project = rendered(all_on(framework))
        there = {str(each) for path in project.paths for each in (path, *path.parents)}
        assert {name for name in own if not (name.isupper() or name.endswith(":"))} <= there
