"""Under load: writers at once, a stop at any moment, and clients that are slow."""

import http.client
import json
import select
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx2
import pytest

from .conftest import EVERY, Boot, each
from .crowds import Crowd, idle_clients, others, slow_clients
from .problems import USERS, problem, somebody
from .service import Service, beside
from .stopping import CONNECTIONS, head, read_answer, stop_under_load, wait_for_workers

pytestmark = pytest.mark.matrix

WRITERS = 32
# Users that each of them makes, which takes a hash, and changes to each of these, which take none.
EACH = 2
CHANGES = 4
ROUNDS = 3
# A second or so each: long enough for every hash, on a machine that is busy otherwise.
TRIES = 180
# What others may wait while there is a crowd: a machine may be busy otherwise.
SECONDS = 3
BUSY = "Too many passwords are being checked"


@pytest.fixture(params=each(EVERY, "has_granian"))
def fresh(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """A service beside which the test starts others, to stop them."""
    return boot(request.param)


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


def test_an_idle_connection_is_kept_and_then_closed(
    fresh: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Longer than Gunicorn and Uvicorn would by themselves, and not as long as Granian would."""
    with beside(fresh, tmp_path_factory.mktemp("idle"), KEEP_ALIVE_SECONDS="6") as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        connection.auto_open = 0
        with closing(connection):
            connection.connect()
            for _ in range(2):
                connection.request("GET", "/health/live")
                assert json.load(connection.getresponse()) == {"status": "ok"}
                assert not select.select([connection.sock], [], [], 5.5)[0]
            assert connection.sock.recv(1) == b""


@pytest.mark.parametrize(("crowd", "number"), [(slow_clients, 200), (idle_clients, 1500)])
def test_a_crowd_holds_nobody_up(fresh: Service, crowd: Crowd, number: int) -> None:
    """Of the idle there are more than a server takes by itself, and than its threads could wait for."""
    with crowd(fresh, number), others(fresh) as waited:
        time.sleep(2)
    assert waited.failures == []
    assert waited.p99 < SECONDS


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
