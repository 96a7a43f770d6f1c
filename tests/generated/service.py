"""A generated project that is served: who calls it, and how it is stopped."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from recording import note

from . import doors
from .databases import database
from .installed import Installed, free_port, surroundings
from .mailbox import everybodys_mailbox

ADMIN_EMAIL = "root@example.com"
ADMIN_PASSWORD = "the administrator's long secret"
# The first start of a project may collect and compress its static files.
START_SECONDS = 60


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
    def facts(self) -> Mapping[str, Any]:
        """What follows from the project's answers."""
        return self.project.combination.facts

    @property
    def has_auth(self) -> bool:
        return bool(self.facts["has_auth"])

    @property
    def port(self) -> int:
        return int(self.variables["PORT"])

    @property
    def is_production(self) -> bool:
        return self.variables["ENVIRONMENT"] == "production"

    def printed(self) -> str:
        """Everything that it has written so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def mailed_to(self, email: str) -> str:
        """The last that was mailed to somebody: in development it is printed."""
        if self.is_production:
            return everybodys_mailbox().text_for(email)
        _, found, text = self.printed().rpartition(email)
        return text if found else ""

    def admin(self) -> httpx2.Client:
        """A client who may do everything: an administrator, or anybody where there are no accounts."""
        return self.client_for(ADMIN_EMAIL, ADMIN_PASSWORD) if self.has_auth else self.client

    def client_for(self, email: str, password: str) -> httpx2.Client:
        """A client of somebody with an account; the same one when asked again."""
        if email not in self.signed_in:
            self.signed_in[email] = self.new_client(self.sign_in(email, password))
        return self.signed_in[email]

    def sign_in(self, email: str, password: str) -> doors.Headers:
        """The headers with which somebody is known, after another login."""
        door = doors.by_session if self.facts["has_session"] else doors.by_token
        return door(self.client, email, password)

    def login(self, email: str, password: str) -> dict[str, Any]:
        """A pair of tokens."""
        answer = self.client.post(doors.LOGIN, json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        pair: dict[str, Any] = answer.json()
        return pair

    def new_client(self, headers: Mapping[str, str] | None = None) -> httpx2.Client:
        """Another client; whoever asks for it closes it, unless it is kept in `signed_in`."""
        return doors.new_client(str(self.client.base_url), headers)

    def anybody(self) -> doors.Headers:
        """What everybody has to send with a call that changes something; often nothing."""
        return doors.anybody(self.client) if self.facts["has_session"] else {}

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
    if project.combination.facts["has_auth"]:
        # All tests are one client, and many of them log in with a wrong password.
        variables["LOGIN_FAILURES_PER_CLIENT"] = "10000"
    if environment == "production":
        variables["ALLOWED_HOSTS"] = "127.0.0.1,localhost"
        if project.combination.facts["has_secret_key"]:
            variables["SECRET_KEY"] = secrets.token_urlsafe(48)
        if project.combination.facts["has_auth"]:
            variables |= {
                "PUBLIC_URL": "https://shop.example.com",
                "MAIL_URL": f"smtp://127.0.0.1:{everybodys_mailbox().port}",
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
            note(project.combination, served={environment: " ".join(command)})
            yield service


@contextmanager
def beside(
    service: Service,
    folder: Path,
    *,
    environment: str = "production",
    command: tuple[str, ...] = (),
    **extra: str,
) -> Iterator[Service]:
    """Serve the same project on the same database, with other settings: without make, which has prepared it."""
    project, url = service.project, service.variables["DATABASE_URL"]
    variables = settings_for(project, url, environment=environment, **extra)
    serve = (*project.program, "serve")
    with running(project, folder, variables, command or serve) as another:
        yield another


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
    client = doors.new_client(f"http://127.0.0.1:{variables['PORT']}")
    service = Service(project, dict(variables), output, process, client)
    try:
        wait_until_live(service)
        client.headers.update(service.anybody())
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
