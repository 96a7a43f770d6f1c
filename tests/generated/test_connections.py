"""Connections to PostgreSQL: what they may be told, what lies between, and what happens to them."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import psycopg
import pytest
from psycopg import sql

from .conftest import EVERY, Boot, Install, each, having, lacking
from .databases import admin_connection, database
from .installed import Installed
from .pooler import pooling
from .problems import USERS, problem, somebody
from .proxy import between
from .refusing import refusals
from .service import make_admin, running, settings_for

POSTGRESQL = each(having("has_postgresql", EVERY))
TIMEOUT_SECONDS = 2
# Much more than that, and much less than for ever.
BOUND_SECONDS = 30


@pytest.fixture(params=POSTGRESQL)
def project(request: pytest.FixtureRequest, install: Install) -> Installed:
    """One of each framework."""
    return install(request.param)


@pytest.fixture
def url(project: Installed, boot: Boot) -> str:
    """A database with tables and an administrator, which a service uses."""
    return boot(project.combination).variables["DATABASE_URL"]


@pytest.fixture
def empty(project: Installed, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    with database(project.combination, tmp_path) as made:
        yield made


def prepare(project: Installed, variables: Mapping[str, str]) -> None:
    """Make the tables and an administrator."""
    migrated = project.run("make", "migrate", **variables)
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    if project.combination.facts["has_auth"]:
        made = make_admin(project, variables)
        assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.matrix
@pytest.mark.parametrize("project", each(lacking("has_sqlite", EVERY), "has_mysql"), indirect=True)
def test_a_connection_that_falls_silent(project: Installed, tmp_path: Path, url: str) -> None:
    with between(url) as (proxy, through):
        variables = settings_for(
            project,
            through,
            environment="production",
            DATABASE_TIMEOUT_SECONDS=str(TIMEOUT_SECONDS),
            WEB_CONCURRENCY="1",
        )
        with running(project, tmp_path, variables) as service:
            admin = service.admin()
            with ThreadPoolExecutor(4) as many:
                list(many.map(lambda _: admin.get(USERS), range(20)))

            proxy.silent.set()
            started = time.monotonic()
            for method in ("GET", "POST"):
                answer = admin.request(
                    method, USERS, json=somebody(service.has_auth), timeout=BOUND_SECONDS
                )
                problem(answer, 503)
                assert int(answer.headers["retry-after"]) > 0
            assert time.monotonic() - started < BOUND_SECONDS

            proxy.silent.clear()
            deadline = time.monotonic() + BOUND_SECONDS
            while admin.get(USERS, timeout=BOUND_SECONDS).status_code != 200:
                assert time.monotonic() < deadline, service.printed()


@pytest.mark.matrix
def test_a_pool_has_one_size_and_says_when_it_runs_out(
    project: Installed, tmp_path: Path, empty: str
) -> None:
    size = {"DATABASE_POOL_SIZE": "2", "DATABASE_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS)}
    variables = settings_for(project, empty, environment="production", WEB_CONCURRENCY="1", **size)
    prepare(project, variables)
    with (
        running(project, tmp_path, variables) as service,
        psycopg.connect(empty) as beside,
        ThreadPoolExecutor(16) as many,
    ):
        admin = service.admin()

        def ask(_: int) -> httpx2.Response:
            return admin.get(USERS, timeout=BOUND_SECONDS)

        def connections() -> set[int]:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            found = beside.execute(f"SELECT pid FROM pg_stat_activity WHERE {others}")
            return {pid for (pid,) in found}

        assert {answer.status_code for answer in many.map(ask, range(64))} == {200}
        kept = connections()
        assert 1 <= len(kept) <= 2
        assert {answer.status_code for answer in many.map(ask, range(64))} == {200}
        assert kept <= connections()
        assert len(connections()) <= 2

        table = "users_user" if project.combination.facts["has_django"] else "users"
        beside.execute(f"LOCK TABLE {table}")
        for answer in many.map(ask, range(6)):
            problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
        beside.rollback()
        assert ask(0).status_code == 200


@pytest.mark.matrix
def test_behind_a_transaction_pooler(project: Installed, tmp_path: Path, empty: str) -> None:
    with pooling(empty, tmp_path) as pooled:
        pooler = {"DATABASE_POOLER": "true", "WEB_CONCURRENCY": "1"}
        variables = settings_for(project, pooled, environment="production", **pooler)
        prepare(project, variables)
        with running(project, tmp_path, variables) as service:
            admin = service.admin()

            def call(_: int) -> set[int]:
                made = admin.post(USERS, json=somebody(service.has_auth))
                path = f"{USERS}/{made.json()['id']}"
                changed = admin.patch(path, json={"name": "Somebody Else"})
                found = [admin.get(USERS, params={"search": "else"}), admin.get(path)]
                return {answer.status_code for answer in (made, changed, *found)}

            with ThreadPoolExecutor(8) as many:
                assert set[int]().union(*many.map(call, range(40))) == {200, 201}, service.printed()


@pytest.mark.matrix
def test_moments_end_in_z_wherever_the_database_is(
    project: Installed, tmp_path: Path, empty: str
) -> None:
    name = urlsplit(empty).path.removeprefix("/")
    with admin_connection() as connection:
        statement = "ALTER DATABASE {} SET timezone TO 'Asia/Kathmandu'"
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    variables = settings_for(project, empty, environment="production", PGTZ="America/Caracas")
    prepare(project, variables)
    with running(project, tmp_path, variables) as service:
        made = service.admin().post(USERS, json=somebody(service.has_auth)).json()
        (found,) = service.admin().get(USERS, params={"search": made["email"]}).json()["items"]
        assert found == made
        for moment in (found["created_at"], found["updated_at"]):
            assert moment.endswith("Z")
            age = datetime.now(UTC) - datetime.fromisoformat(moment)
            assert abs(age) < timedelta(minutes=5)


def test_a_password_that_is_not_encoded(project: Installed) -> None:
    secrets = ["hun@ter2", "hun/ter2", "hun#ter2", "hun%ter2", "hun?ter2", "h@n/t#r%2"]
    for secret, said in zip(
        secrets,
        refusals(
            project, [f"postgresql://shop:{secret}@db.example.com/shop" for secret in secrets]
        ),
        strict=True,
    ):
        assert said.startswith("DATABASE_URL: "), secret
        assert "%40 for @" in said
        assert "\n" not in said
        assert not any(part in said for part in ("hun", "ter2", secret, "db.example"))
    encoded = [f"postgresql://shop:{quote(secret, safe='')}@[::1]:5433/shop" for secret in secrets]
    assert refusals(project, encoded) == [""] * len(encoded)


def test_what_an_address_may_look_like(project: Installed) -> None:
    good = [
        "postgres://localhost/shop",
        "postgresql:///shop?host=/var/run/postgresql",
        "postgresql://shop:secret@one:5432,two:5433/shop?target_session_attrs=read-write",
        "postgresql://sh%40op@db/shop?sslmode=require&application_name=shop",
    ]
    assert refusals(project, good) == [""] * len(good)
    bad = ["postgresql://db:port/shop", "postgresql:shop", "mysql://db/shop", "postgresql://[::1/x"]
    assert all(said.startswith("DATABASE_URL: ") for said in refusals(project, bad))


def test_each_parameter_is_understood_or_refused_by_name(project: Installed, url: str) -> None:
    parameters = {
        "application_name": "shop",
        "channel_binding": "prefer",
        "connect_timeout": "9",
        "gssencmode": "disable",
        "keepalives_idle": "60",
        "options": "-c%20statement_timeout%3D60000",
        "sslmode": "prefer",
        "target_session_attrs": "any",
        "tcp_user_timeout": "9000",
        "no_such_parameter": "1",
    }
    said = refusals(project, (f"{url}?{name}={value}" for name, value in parameters.items()))
    refused = dict(zip(parameters, said, strict=True))
    assert all(not text or name in text for name, text in refused.items())
    assert refused["no_such_parameter"]
    assert not refused["sslmode"]
    query = "&".join(f"{name}={parameters[name]}" for name in parameters if not refused[name])
    variables = settings_for(project, f"{url}?{query}", environment="production")
    done = project.run(*project.program, "migrate", **variables)
    assert done.returncode == 0, done.stderr
    variables["DATABASE_URL"] = url.replace("postgresql://", "postgres://")
    assert project.run(*project.program, "migrate", **variables).returncode == 0
