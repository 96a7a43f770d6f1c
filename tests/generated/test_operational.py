"""Health, readiness and the documentation."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx2
import pymysql
import pytest
from combinations import Combination
from openapi_spec_validator import OpenAPIV31SpecValidator
from psycopg import sql

from . import contract
from .conftest import CHOSEN, EVERY, Boot, Install, each, having, lacking
from .databases import admin_connection, mysql_admin
from .problems import MORE, PROBLEM, USERS, problem
from .service import Service, beside, running, serving, settings_for

READY = {"status": "ok", "checks": {"database": "ok", "migrations": "ok"}}


@pytest.fixture(scope="module", params=each(lacking("has_sqlite", EVERY), "has_mysql"))
def alone(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service on a server whose database may be taken away."""
    with serving(
        install(request.param), tmp_path_factory.mktemp("alone"), environment="development"
    ) as service:
        yield service


def test_health(client: httpx2.Client) -> None:
    live, ready = client.get("/health/live"), client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, READY)


def eventually(service: Service, status: int) -> httpx2.Response:
    """The answer of readiness once it has the status."""
    deadline = time.monotonic() + 30
    while True:
        answer = service.client.get("/health/ready")
        if answer.status_code == status or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)


@pytest.mark.matrix
def test_readiness_follows_the_database_without_a_restart(alone: Service) -> None:
    take, give_back = switch(alone)
    eventually(alone, 200)
    take()
    try:
        down = problem(eventually(alone, 503), 503)
        assert down["checks"] == {"database": "error"}
        assert alone.client.get("/health/live").json() == {"status": "ok"}
        if not alone.has_auth:
            broken = alone.client.get(USERS)
            assert broken.status_code in (500, 503)
            problem(broken, broken.status_code)
    finally:
        give_back()
    assert eventually(alone, 200).json() == READY
    # Another process that serves may hold a connection of before, and finds out by a request.
    with ThreadPoolExecutor(16) as many:
        list(many.map(lambda _: alone.client.get("/health/ready"), range(64)))
    assert eventually(alone, 200).status_code == 200
    assert alone.admin().get(USERS).status_code == 200


def switch(service: Service) -> tuple[Callable[[], None], Callable[[], None]]:
    """Taking the service's database away, and giving it back."""
    name = service.variables["DATABASE_URL"].rpartition("/")[2]
    if service.facts["has_mysql"]:
        return lambda: let_in(name, "LOCK"), lambda: let_in(name, "UNLOCK")

    def allow(*, connections: bool) -> None:
        statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        with admin_connection() as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(connections)))
            connection.execute(end, [name])

    return lambda: allow(connections=False), lambda: allow(connections=True)


def let_in(user: str, lock: str) -> None:
    """Keep MySQL's user out, or no longer, and end the connections that there are."""
    with mysql_admin() as cursor:
        cursor.execute(f"ALTER USER {user} ACCOUNT {lock}")
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", [user])
        for (identity,) in cursor.fetchall():
            with suppress(pymysql.OperationalError):
                cursor.execute("KILL %s", [identity])


@pytest.mark.daily("flask")
@pytest.mark.parametrize("combination", each(having("has_sqlite", EVERY)))
def test_readiness_waits_for_a_file_that_comes_later(
    combination: Combination, install: Install, tmp_path: Path
) -> None:
    """A file that is open cannot be taken away, so it is the first connection that fails."""
    project = install(combination)
    place = tmp_path / "mounted"
    variables = settings_for(project, f"sqlite:///{place / 'service.db'}", environment="production")
    with running(project, tmp_path, variables) as service:
        assert problem(service.client.get("/health/ready"), 503)["checks"] == {"database": "error"}
        assert service.client.get("/health/live").status_code == 200
        place.mkdir()
        lacking = problem(service.client.get("/health/ready"), 503)
        assert lacking["checks"] == {"database": "ok", "migrations": "error"}
        assert "make migrate" in lacking["detail"]
        assert project.run("make", "migrate", **variables).returncode == 0
        assert eventually(service, 200).json() == READY


def test_openapi_is_valid(client: httpx2.Client) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_openapi_says_the_same_whatever_the_framework(service: Service) -> None:
    document = contract.Document(service.client.get("/openapi.json").json())
    assert document.statuses() == contract.statuses(service.facts)
    assert document.takes() == contract.takes(service.facts)
    assert document.gives() == contract.gives(service.facts)
    assert document.problem() == PROBLEM | set().union(*MORE.values())


def test_openapi_documents_errors(service: Service) -> None:
    document = service.client.get("/openapi.json").json()
    for path, item in document["paths"].items():
        for method, call in item.items():
            errors = {code: answer for code, answer in call["responses"].items() if code >= "4"}
            where = f"{method} {path}"
            assert "422" not in errors or "application/problem+json" in errors["422"]["content"], (
                where
            )
            for code, answer in errors.items():
                assert set(answer["content"]) == {"application/problem+json"}, f"{where} {code}"
            if "requestBody" in call:
                assert {"400", "413", "415", "422"} <= set(errors), where
                assert ("411" in errors) == service.facts["has_django"], where
            if service.facts["has_session"] and method != "get":
                assert "403" in errors, where
            if call.get("security"):
                assert "401" in errors, where


def test_openapi_names_the_security_scheme(service: Service) -> None:
    document = service.client.get("/openapi.json").json()
    schemes = document.get("components", {}).get("securitySchemes", {})
    secured = {
        path
        for path, item in document["paths"].items()
        for call in item.values()
        if call.get("security")
    }
    if not service.has_auth:
        assert (schemes, secured) == ({}, set())
        return
    if service.facts["has_session"]:
        (scheme,) = schemes.values()
        assert (scheme["type"], scheme["in"]) == ("apiKey", "cookie")
        assert scheme["name"] in service.admin().headers["cookie"]
    else:
        assert {(scheme["type"], scheme["scheme"]) for scheme in schemes.values()} == {
            ("http", "bearer")
        }
    assert {path for path in secured if path.startswith(USERS)} == {
        path for path in document["paths"] if path.startswith(USERS)
    }
    # A session is left by whoever has it; a refresh token is given up by whoever holds it.
    leaving = {"/api/v1/auth/logout"} if service.facts["has_session"] else set()
    assert {path for path in secured if "auth" in path} - leaving == {
        "/api/v1/auth/password/change"
    }


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_documentation_is_served_by_the_service_itself(client: httpx2.Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assets = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    assert any(asset.endswith(".js") for asset in assets)
    for asset in assets:
        assert asset.startswith(("/", "data:")), asset
        assert not asset.startswith("//"), asset
        if not asset.startswith("data:"):
            assert client.get(asset).status_code == 200, asset
    assert not re.search(r"https?://", page.text)


def test_assets_do_not_escape_their_folder(client: httpx2.Client) -> None:
    page = client.get("/docs").text
    folder = next(re.finditer(r'src="(/[^"]*/)[^/"]+\.js"', page))[1]
    for attempt in (
        "../" * 8 + "etc/passwd",
        "%2e%2e/" * 8 + "etc/passwd",
        "..%2f" * 8 + "etc/passwd",
        "nothing.js",
    ):
        problem(client.get(folder + attempt), 404)


def test_assets_are_kept_and_checked(client: httpx2.Client) -> None:
    """By browsers, which ask whether they have changed."""
    for page in ("/docs", "/redoc"):
        for path in re.findall(r"""(?:src|href)=["'](/[^"']+)["']""", client.get(page).text):
            asset = client.get(path)
            assert "max-age=" in asset.headers["cache-control"], path
            assert "base-uri 'none'" in asset.headers["content-security-policy"], path
            assert asset.headers["x-content-type-options"] == "nosniff", path
            media_type, _, charset = asset.headers["content-type"].partition("; ")
            if media_type.startswith("text/") or media_type.endswith("+xml"):
                assert charset.replace('"', "") == "charset=utf-8", path
            again = client.get(path, headers={"If-None-Match": asset.headers["etag"]})
            assert (again.status_code, again.content) == (304, b""), path


def test_assets_answer_errors_as_everything_does(client: httpx2.Client) -> None:
    asset = next(re.finditer(r'src="(/[^"]+\.js)"', client.get("/docs").text))[1]
    assert client.get(asset).headers["cache-control"]
    problem(client.get(asset + "/"), 404)
    problem(client.post("/docs/nothing"), 404)


@pytest.mark.daily("flask")
@pytest.mark.parametrize("combination", CHOSEN)
def test_documentation_can_be_hidden(combination: Combination, boot: Boot, tmp_path: Path) -> None:
    with beside(boot(combination), tmp_path, DOCS_ENABLED="false") as service:
        for path in ("/docs", "/redoc", "/openapi.json"):
            problem(service.client.get(path), 404)
