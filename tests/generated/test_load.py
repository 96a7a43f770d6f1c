"""Under load: writers at once, a stop at any moment, and clients that are slow."""

import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .conftest import EVERY, Boot, each
from .problems import USERS, problem, somebody
from .service import START_SECONDS, Service, beside

pytestmark = pytest.mark.matrix

WRITERS = 32
# Users that each of them makes, which takes a hash, and changes to each of these, which take none.
EACH = 2
CHANGES = 4
ROUNDS = 3
# A second or so each: long enough for every hash, on a machine that is busy otherwise.
TRIES = 180
# What each server says of a worker.
STARTED = re.compile("Started worker|Booting worker|Started server process")
# What Linux knows of connections, and what it calls one that is open.
CONNECTIONS = Path("/proc/net/tcp")
ESTABLISHED = "01"
BUSY = "Too many passwords are being checked"


@pytest.fixture(params=each(EVERY, "has_granian"))
def fresh(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """A service beside which the test starts others, to stop them."""
    return boot(request.param)


def wait_for_workers(service: Service) -> None:
    """Return once all have started: Granian does not tell one that has not to stop."""
    deadline = time.monotonic() + START_SECONDS
    while len(STARTED.findall(service.printed())) < int(service.variables["WEB_CONCURRENCY"]):
        assert time.monotonic() < deadline, service.printed()
        time.sleep(0.05)


def post_when_there_is_room(client: httpx2.Client, body: dict[str, Any]) -> httpx2.Response:
    """The answer to a new user's data. Who is told that too many wait for a hash comes back when asked to."""
    for _ in range(TRIES):
        answer = client.post(USERS, json=body)
        if answer.status_code != 503 or BUSY not in answer.text:
            break
        problem(answer, 503)
        time.sleep(int(answer.headers["retry-after"]))
    return answer


def test_writers_at_once_lose_nothing(service: Service) -> None:
    """What was refused for want of room was not written: with the same address it is no conflict."""
    headers = dict(service.admin().headers)
    before = service.admin().get(USERS).json()["total"]

    def write(_: int) -> list[tuple[int, str]]:
        with service.new_client() as client:
            client.headers.update(headers)
            answers = []
            for _ in range(EACH):
                made = post_when_there_is_room(client, somebody(service.has_auth))
                answers.append((made.status_code, made.text))
                for age in range(CHANGES if made.status_code == 201 else 0):
                    changed = client.patch(f"{USERS}/{made.json()['id']}", json={"age": age})
                    answers.append((changed.status_code, changed.text))
            return answers

    with ThreadPoolExecutor(WRITERS) as many:
        answers = [answer for listed in many.map(write, range(WRITERS)) for answer in listed]
    assert [answer for answer in answers if answer[0] not in (200, 201)] == []
    assert service.admin().get(USERS).json()["total"] == before + WRITERS * EACH
    assert "database is locked" not in service.printed()


@pytest.mark.skipif(not CONNECTIONS.exists(), reason="only Linux tells what was accepted")
def test_a_stop_answers_every_request_that_was_read(
    fresh: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A request counts as read once its connection was accepted and its bytes were all sent before the signal."""
    for number in range(ROUNDS):
        folder = tmp_path_factory.mktemp("stopped")
        with beside(fresh, folder, GRACE_SECONDS="20") as service:
            wait_for_workers(service)
            unanswered, status, seconds = stop_under_load(service, after=0.2 + 0.15 * number)
            assert unanswered == []
            assert status in (0, 143, -signal.SIGTERM), service.printed()
            assert seconds < patience(service), service.printed()
            assert "Traceback" not in service.printed()


def patience(service: Service) -> float:
    """Seconds within which a service has ended whose grace period is 20.

    A worker of Granian's that runs WSGI may have answered everything, and wait for the end of it.
    """
    facts = service.facts
    return 30 if facts["has_wsgi"] and facts["has_granian"] else 20


def stop_under_load(service: Service, *, after: float) -> tuple[list[bytes], int, float]:
    """Send requests that take a while on many connections, stop, and return what was left without an answer."""
    login = "/api/v1/auth/login"
    path, body = (
        (login, b'{"email": "nobody@example.com", "password": "x"}')
        if service.has_auth
        else (f"{USERS}?search=a", b"")
    )
    method = "POST" if service.has_auth else "GET"
    request = head(service, method, path, len(body)) + body
    stopping = threading.Event()
    unanswered: list[bytes] = []

    def call(_: int) -> None:
        while not stopping.is_set():
            try:
                connection = socket.create_connection(("127.0.0.1", service.port), timeout=30)
            except OSError:
                return
            with connection:
                connection.sendall(request)
                sent_before_the_stop = not stopping.is_set()
                received = read_answer(connection)
                if not received.startswith(b"HTTP/1.1 ") and sent_before_the_stop:
                    unanswered.append(received)

    with ThreadPoolExecutor(12) as many:
        calls = many.map(call, range(12))
        time.sleep(after)
        stopping.set()
        wait_until_accepted(service.port)
        started = time.monotonic()
        status = service.stop()
        seconds = time.monotonic() - started
        list(calls)
    return unanswered, status, seconds


def wait_until_accepted(port: int) -> None:
    """Return once the server has taken every connection: one in its socket's queue has not been read."""
    deadline = time.monotonic() + START_SECONDS
    while any(_waits(row.split(), port) for row in CONNECTIONS.read_text().splitlines()[1:]):
        assert time.monotonic() < deadline, "connections wait to be accepted"
        time.sleep(0.005)


def _waits(row: list[str], port: int) -> bool:
    """Whether a row of Linux's `/proc/net/tcp` is a connection to this port without a file: with inode 0."""
    return row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED and row[9] == "0"


def head(service: Service, method: str, path: str, length: int) -> bytes:
    """The beginning of a request that anybody may send."""
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(length),
        **service.anybody(),
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def read_answer(connection: socket.socket) -> bytes:
    """The first bytes of an answer, or none."""
    try:
        return connection.recv(65536)
    except (ConnectionResetError, TimeoutError):
        return b""


def test_a_stop_waits_for_a_body_that_is_still_coming(
    fresh: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its headers were read, so it is answered: with 422 here, since the body says nothing."""
    folder = tmp_path_factory.mktemp("coming")
    path = "/api/v1/auth/register" if fresh.has_auth else USERS
    with beside(fresh, folder, GRACE_SECONDS="20") as service:
        wait_for_workers(service)
        begun = head(service, "POST", path, 2)
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
            connection.sendall(begun)
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(b"{}")
            assert read_answer(connection).startswith(b"HTTP/1.1 422")
        assert service.process.wait(timeout=30) in (0, 143, -signal.SIGTERM)


def test_the_grace_period_ends(fresh: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A client that never finishes its request does not keep the service from ending."""
    folder = tmp_path_factory.mktemp("grace")
    with (
        beside(fresh, folder, GRACE_SECONDS="2") as service,
        socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection,
    ):
        connection.sendall(
            b"POST /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"
        )
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(timeout=30)


@pytest.fixture
def slow_clients(service: Service) -> Iterator[None]:
    """300 connections that send nothing, half a head, or half a body, a little at a time."""
    beginnings = (
        b"",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    )
    with ExitStack() as opened:
        for number in range(300):
            connection = opened.enter_context(
                socket.create_connection(("127.0.0.1", service.port), timeout=5)
            )
            connection.sendall(beginnings[number % 3])
        yield


def test_slow_clients_hold_nobody_up(service: Service, slow_clients: None) -> None:
    def call(_: int) -> int:
        with service.new_client() as client:
            return client.get("/health/ready", headers={"Connection": "close"}).status_code

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(call, range(80))) == {200}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_slow_body_is_read_to_its_end(service: Service, chunked: bool) -> None:
    if chunked and service.facts["has_django"]:
        pytest.skip("WSGI takes no chunked body")
    text = b'{"unknown": 1}'

    def body() -> Iterator[bytes]:
        for byte in text:
            time.sleep(0.05)
            yield bytes([byte])

    path = "/api/v1/auth/register" if service.has_auth else USERS
    answer = httpx2.post(
        f"http://127.0.0.1:{service.port}{path}",
        content=body(),
        headers={
            "Content-Type": "application/json",
            **({} if chunked else {"Content-Length": str(len(text))}),
            **service.anybody(),
        },
    )
    assert answer.status_code == 422
