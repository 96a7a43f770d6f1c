"""A service that is stopped while it has requests to answer."""

import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .problems import USERS
from .service import START_SECONDS, Service

# What each server says of a worker.
STARTED = re.compile("Started worker|Booting worker|Started server process")
# What Linux knows of connections, and what it calls one that is open.
CONNECTIONS = Path("/proc/net/tcp")
ESTABLISHED = "01"


def wait_for_workers(service: Service) -> None:
    """Return once all have started: Granian does not tell one that has not to stop."""
    deadline = time.monotonic() + START_SECONDS
    while len(STARTED.findall(service.printed())) < int(service.variables["WEB_CONCURRENCY"]):
        assert time.monotonic() < deadline, service.printed()
        time.sleep(0.05)


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
