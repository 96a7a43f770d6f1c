"""A generated project: installing it, serving it, and stopping it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from combinations import Combination
from psycopg import sql

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
ADMIN_EMAIL = "root@example.com"
ADMIN_PASSWORD = "the administrator's long secret"
START_SECONDS = 60
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


@dataclass(frozen=True)
class Installed:
    """A project with its virtual environment."""

    combination: Combination
    root: Path

    @property
    def python(self) -> str:
        return str(self.root / ".venv" / "bin" / "python")

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


@dataclass
class Service:
    """A project that is being served."""

    project: Installed
    variables: dict[str, str]
    output: Path
    process: subprocess.Popen[bytes]
    client: httpx2.Client
    signed_in: dict[str, httpx2.Client] = field(default_factory=dict)

    @property
    def has_auth(self) -> bool:
        return bool(self.project.combination.facts["has_auth"])

    @property
    def port(self) -> int:
        return int(self.variables["PORT"])

    @property
    def is_production(self) -> bool:
        return self.variables["ENVIRONMENT"] == "production"

    def printed(self) -> str:
        """Everything that it has written so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def admin(self) -> httpx2.Client:
        """A client who may do everything: an administrator, or anybody where there are no accounts."""
        return self.client_for(ADMIN_EMAIL, ADMIN_PASSWORD) if self.has_auth else self.client

    def client_for(self, email: str, password: str) -> httpx2.Client:
        """A client with the access token of an account; the same one when asked again."""
        if email not in self.signed_in:
            self.signed_in[email] = self.new_client(self.login(email, password)["access_token"])
        return self.signed_in[email]

    def login(self, email: str, password: str) -> dict[str, Any]:
        """A pair of tokens."""
        answer = self.client.post("/api/v1/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        pair: dict[str, Any] = answer.json()
        return pair

    def new_client(self, token: str = "") -> httpx2.Client:
        """Another client; whoever asks for it closes it, unless it is kept in `signed_in`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(base_url=self.client.base_url, timeout=30, headers=headers)

    def raw(self, request: bytes, *, timeout: float = 20) -> bytes:
        """What comes back for these very bytes, until the service closes or stops sending."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except (TimeoutError, ConnectionResetError):
                pass
            return received

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@contextmanager
def database(combination: Combination, folder: Path) -> Iterator[str]:
    """The URL of a new and empty database, gone afterwards."""
    if combination.facts["has_sqlite"]:
        yield f"sqlite:///{folder / 'service.db'}"
        return
    name = f"test_{secrets.token_hex(6)}"
    with admin_connection() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"{POSTGRES_URL.rstrip('/')}/{name}"
    finally:
        with admin_connection() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def admin_connection() -> psycopg.Connection:
    """A connection to the server's own database; skips the test where no server answers."""
    try:
        return psycopg.connect(
            f"{POSTGRES_URL.rstrip('/')}/postgres", autocommit=True, connect_timeout=5
        )
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL ({POSTGRES_URL}): {error}")


def settings_for(
    project: Installed, database_url: str, *, environment: str, **extra: str
) -> dict[str, str]:
    """What the service needs in its environment."""
    variables = {
        "ENVIRONMENT": environment,
        "DATABASE_URL": database_url,
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "2",
    }
    if environment == "production":
        variables["ALLOWED_HOSTS"] = "127.0.0.1,localhost"
        if project.combination.facts["has_auth"]:
            variables |= {
                "SECRET_KEY": secrets.token_urlsafe(48),
                "PUBLIC_URL": "https://shop.example.com",
                "MAIL_URL": "console://",
                "MAIL_FROM": "shop@example.com",
            }
    return variables | extra


@contextmanager
def serving(
    project: Installed,
    folder: Path,
    *,
    environment: str = "production",
    command: tuple[str, ...] = ("make", "serve"),
    **extra: str,
) -> Iterator[Service]:
    """Migrate a new database, serve the project on it until the block ends, and check that nothing lingers."""
    with database(project.combination, folder) as database_url:
        variables = settings_for(project, database_url, environment=environment, **extra)
        migrated = project.run("make", "migrate", **variables)
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        if project.combination.facts["has_auth"]:
            made = make_admin(project, variables)
            assert made.returncode == 0, made.stdout + made.stderr
        with running(project, folder, variables, command) as service:
            yield service


@contextmanager
def running(
    project: Installed,
    folder: Path,
    variables: Mapping[str, str],
    command: tuple[str, ...] = ("make", "serve"),
) -> Iterator[Service]:
    """Serve the project on a database that is there."""
    output = folder / f"output-{secrets.token_hex(4)}.txt"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=project.root,
            env=surroundings(PYTHONUNBUFFERED="1", **variables),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    client = httpx2.Client(base_url=f"http://127.0.0.1:{variables['PORT']}", timeout=30)
    service = Service(project, dict(variables), output, process, client)
    try:
        wait_until_live(service)
        yield service
    finally:
        for opened in (client, *service.signed_in.values()):
            opened.close()
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop the group that was started, gently first."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(timeout=40)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue


def wait_until_live(service: Service) -> None:
    """Return once it answers; fail with its output if it ends or never does."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert service.process.poll() is None, service.printed()
        try:
            if service.client.get("/health/live").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail(f"it did not answer in {START_SECONDS} s: {service.printed()}")


def make_admin(
    project: Installed, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """`make admin` as an operator runs it."""
    return project.run(
        "make",
        "admin",
        f"EMAIL={ADMIN_EMAIL}",
        "NAME=Root Administrator",
        **{**variables, "ADMIN_PASSWORD": ADMIN_PASSWORD},
    )
