"""Commands, settings and logs."""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from .accounts import login
from .conftest import CHOSEN, Boot, Install, having
from .databases import elsewhere
from .doors import TOKEN_HEADER, Headers, kept
from .endings import endings
from .installed import Installed
from .problems import PASSWORD, USERS, somebody
from .service import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    Service,
    beside,
    make_admin,
    settings_for,
)

FIRST = having("has_auth", CHOSEN)
APP = "capacitor://localhost"


@pytest.fixture(params=FIRST)
def owned(request: pytest.FixtureRequest, install: Install) -> Installed:
    """A project with accounts."""
    return install(request.param)


def good(project: Installed, folder: Path) -> dict[str, str]:
    """Settings with which production would start."""
    is_file = project.combination.facts["has_sqlite"]
    url = f"sqlite:///{folder / 'x.db'}" if is_file else elsewhere(project.combination, "db/x")
    return settings_for(project, url, environment="production")


WRONG = [
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "too short"),
    ("SECRET_KEY", "x" * 64),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "oracle://root@127.0.0.1/x"),
    ("PORT", "http"),
    ("PORT", "70000"),
    ("WEB_CONCURRENCY", "many"),
    ("WEB_CONCURRENCY", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("ENVIRONMENT", "staging"),
    ("DOCS_ENABLED", "perhaps"),
    ("MAX_BODY_BYTES", "-1"),
    ("GRACE_SECONDS", "soon"),
    ("KEEP_ALIVE_SECONDS", "0"),
    ("MAIL_URL", "ftp://x"),
    ("MAIL_URL", "console://"),
    ("PUBLIC_URL", "http://shop.example.com"),
    ("MAIL_URL", "smtp://shop:ab/cd@mail.example.com:587"),
    ("MAIL_URL", "smtp://shop:ab@cd@mail.example.com:587"),
    ("MAIL_URL", "smtp://shop:12#cd@mail.example.com:587"),
    ("MAIL_URL", "smtp://shop:ab%cd#@mail.example.com:587"),
    ("PUBLIC_URL", "example.com"),
    ("TRUSTED_PROXIES", "everybody"),
    ("ACCESS_TOKEN_MINUTES", "0"),
    ("REFRESH_TOKEN_DAYS", "x"),
    ("LOGIN_DAYS", "0"),
]
TOKENS = ("ACCESS_TOKEN_MINUTES", "REFRESH_TOKEN_DAYS")


@pytest.fixture(scope="module", params=FIRST)
def wrong(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], tuple[int, str]]:
    """How a project's program ends with each wrong setting."""
    project, folder = install(request.param), tmp_path_factory.mktemp("wrong")
    has_tokens = project.combination.facts["has_jwt"]
    listed = [each for each in WRONG if has_tokens or each[0] not in TOKENS]
    environments = [{**good(project, folder), variable: value} for variable, value in listed]
    return dict(zip(listed, endings(project, "serve", environments, folder), strict=True))


@pytest.mark.daily("fastapi")
@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_wrong_setting_is_named_in_one_line(
    wrong: dict[tuple[str, str], tuple[int, str]], variable: str, value: str
) -> None:
    if (variable, value) not in wrong:
        pytest.skip("sessions have no tokens")
    status, said = wrong[variable, value]
    assert status == 1, said
    assert len(said.splitlines()) == 1, said
    assert variable in said
    assert "Traceback" not in said
    assert len(said) > len(variable) + 20
    assert "shop:" not in said


@pytest.mark.daily("fastapi")
def test_production_has_no_default_for_it(owned: Installed, tmp_path: Path) -> None:
    needed = ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_URL")
    variables = good(owned, tmp_path)
    environments = [
        {name: text for name, text in variables.items() if name != each} for each in needed
    ]
    ended = endings(owned, "serve", environments, tmp_path)
    for variable, (status, said) in zip(needed, ended, strict=True):
        assert status != 0, variable
        assert variable in said


@pytest.mark.daily("django")
def test_only_production_serves_other_machines(owned: Installed, tmp_path: Path) -> None:
    variables = {**good(owned, tmp_path), "ENVIRONMENT": "development"}
    environments = [{**variables, "HOST": host} for host in ("0.0.0.0", "::")]
    for status, said in endings(owned, "serve", environments, tmp_path):
        assert status != 0
        assert len(said.strip().splitlines()) == 1, said
        assert "ENVIRONMENT=production" in said


@pytest.mark.daily("django")
def test_production_refuses_the_key_of_development(owned: Installed, tmp_path: Path) -> None:
    shown = "print(Settings(_env_file=None).secret_key.get_secret_value())"
    code = f"{owned.importing_settings}; {shown}"
    key = owned.run(owned.python, "-c", code, ENVIRONMENT="development").stdout.strip()
    assert len(key) >= 32
    done = owned.run(
        *owned.program,
        "serve",
        **{**good(owned, tmp_path), "SECRET_KEY": key},
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert key not in done.stderr


@pytest.mark.daily("fastapi")
def test_a_wrong_value_is_not_shown_if_it_is_a_secret(owned: Installed, tmp_path: Path) -> None:
    done = owned.run(
        *owned.program,
        "serve",
        **{**good(owned, tmp_path), "SECRET_KEY": "my-secret-xyz"},
    )
    assert "my-secret-xyz" not in done.stderr + done.stdout


@pytest.mark.daily("flask")
def test_dot_env_is_read_in_development_alone(owned: Installed, tmp_path: Path) -> None:
    dot_env = owned.root / ".env"
    dot_env.write_text("LOG_LEVEL=LOUD\n", encoding="utf-8")
    code = f"{owned.importing_settings}; load_settings()"
    try:
        development = owned.run(owned.python, "-c", code, ENVIRONMENT="development")
        production = owned.run(owned.python, "-c", code, **good(owned, tmp_path))
        test = owned.run(owned.python, "-c", code, ENVIRONMENT="test")
    finally:
        dot_env.unlink()
    assert "LOG_LEVEL" in development.stderr
    assert (production.returncode, test.returncode) == (0, 0), production.stderr + test.stderr


@pytest.fixture(scope="module", params=FIRST)
def served(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """A service with accounts."""
    return boot(request.param)


@pytest.fixture(scope="module")
def logged(served: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose output is read."""
    folder = tmp_path_factory.mktemp("logged")
    with beside(served, folder, command=("make", "serve"), LOG_LEVEL="DEBUG") as service:
        yield service


@pytest.fixture(scope="module")
def developed(served: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service as a developer starts it, which pages of an app may call."""
    with beside(
        served,
        tmp_path_factory.mktemp("developed"),
        environment="development",
        HOST="localhost",
        LOG_LEVEL="info",
        CORS_ORIGINS=APP,
    ) as service:
        yield service


def lines(service: Service) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.printed().splitlines() if line.startswith("{")]


def line_of(service: Service, identity: str) -> dict[str, Any]:
    """The line of a request, which may come a moment after its answer."""
    for _ in range(50):
        for line in lines(service):
            if line.get("request_id") == identity and "duration_ms" in line:
                return line
        time.sleep(0.1)
    raise AssertionError(f"no line for {identity}:\n{service.printed()}")


@pytest.mark.daily("flask")
def test_production_logs_one_object_a_line(logged: Service) -> None:
    identity = uuid.uuid4().hex
    logged.client.get(f"{USERS}?search=needle", headers={"X-Request-ID": identity})
    request = line_of(logged, identity)
    assert (request["method"], request["path"], request["status"]) == ("GET", USERS, 401)
    assert isinstance(request["duration_ms"], int | float)
    for line in lines(logged):
        assert {"timestamp", "level", "event"} <= set(line)
        assert datetime.fromisoformat(line["timestamp"]).tzinfo
    commands = [line for line in logged.printed().splitlines() if not line.startswith("{")]
    assert all(line.startswith("uv run ") or not line for line in commands), commands


@pytest.mark.daily("flask")
def test_logs_keep_secrets(logged: Service) -> None:
    body = somebody(True)
    assert logged.admin().post(USERS, json=body).status_code == 201
    mark, wrong = uuid.uuid4().hex, "a wrong password with a mark"
    known = logged.sign_in(body["email"], PASSWORD)
    own = secrets_in(known)
    headers = {**known, "Cookie": f"{known.get('Cookie', 'a=b')}; session={mark}"}
    assert logged.client.get(f"{USERS}/me?token={mark}", headers=headers).status_code == 200
    logged.client.post("/api/v1/auth/login", json={"email": body["email"], "password": wrong})
    if logged.facts["has_jwt"]:
        own.append(logged.login(body["email"], PASSWORD)["refresh_token"])
        logged.client.post("/api/v1/auth/refresh", json={"refresh_token": own[-1]})
    logged.client.post(
        "/api/v1/auth/login", json={"email": body["email"], "password": wrong, "x": 1}
    )
    printed = logged.printed()
    own += [hashlib.sha256(secret.encode()).hexdigest() for secret in own]
    secrets = ("$argon2", PASSWORD, ADMIN_PASSWORD, wrong, mark, *own)
    assert logged.variables["SECRET_KEY"] not in printed
    assert [secret for secret in secrets if secret in printed] == []


def lines_with(service: Service, text: str) -> list[str]:
    """The lines that hold a text; the first may come a moment after the answer that it is about."""
    for _ in range(50):
        if found := [line for line in service.printed().splitlines() if text in line]:
            return found
        time.sleep(0.1)
    return []


def secrets_in(headers: Headers) -> list[str]:
    """What somebody could come in with who read it: an access token, or cookies and their token."""
    if "Cookie" not in headers:
        return [headers["Authorization"].partition(" ")[2]]
    return [*kept(headers).values(), headers[TOKEN_HEADER]]


@pytest.mark.daily("flask")
def test_development_logs_for_people(developed: Service) -> None:
    developed.client.get("/nothing", headers={"X-Request-ID": "find-me"})
    found = lines_with(developed, "find-me")
    assert found
    assert not any(line.startswith("{") for line in found)
    assert "\x1b" not in developed.printed()
    assert "strict-transport-security" not in developed.client.get("/health/live").headers


@pytest.mark.daily("flask")
def test_addresses_of_an_intranet_are_for_development(developed: Service, logged: Service) -> None:
    for email in ("ada@intranet", "ada@shop.local"):
        body = {**somebody(True), "email": email}
        answer = developed.admin().post(USERS, json=body, headers={"Origin": APP})
        assert answer.status_code == 201, answer.text
        assert answer.headers["access-control-allow-origin"] == APP
        assert login(developed, body).status_code == 200
        assert logged.admin().post(USERS, json=body).status_code == 422


@pytest.mark.daily("flask")
def test_whoever_is_an_administrator_stays_one(logged: Service) -> None:
    assert logged.admin().get(f"{USERS}/me").json()["is_admin"] is True
    again = make_admin(logged.project, logged.variables)
    assert again.returncode == 0
    assert ADMIN_EMAIL in again.stdout
    assert logged.admin().get(f"{USERS}/me").json()["is_admin"] is True


@pytest.mark.daily("django")
@pytest.mark.parametrize(
    ("email", "name", "password"),
    [
        ("x", "Root", PASSWORD),
        ("a@example.com", "R", PASSWORD),
        ("a@example.com", "Root", "short"),
        ("a@example.com", "Root", "Password1234!"),
        ("somebody@example.com", "Root", "somebody2026"),
        ("a@example.com", "Root", ""),
    ],
)
def test_an_administrator_who_cannot_be(
    logged: Service, email: str, name: str, password: str
) -> None:
    done = logged.project.run(
        "make",
        "admin",
        f"EMAIL={email}",
        f"NAME={name}",
        **{**logged.variables, "ADMIN_PASSWORD": password},
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert logged.client.get("/health/live").status_code == 200


@pytest.mark.daily("flask")
def test_data_outlives_whoever_wrote_it(served: Service, tmp_path: Path) -> None:
    with beside(served, tmp_path) as writer:
        user = writer.admin().post(USERS, json=somebody(True)).json()
        writer.stop()
    assert served.admin().get(f"{USERS}/{user['id']}").json() == user
