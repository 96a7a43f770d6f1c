"""Many clients at once: slow ones, idle ones, those that log in, and how long all others wait meanwhile.

How many and how long is the caller's to say: little in tests, a lot in `benchmarks/servers.py`.
"""

import http.client
import itertools
import resource
import select
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field

from .problems import USERS
from .service import Service

READY = "/health/ready"
OTHERS = 4
PATIENCE = 30
MIB = 1024 * 1024

Crowd = Callable[[Service, int], AbstractContextManager[None]]


@dataclass
class Waited:
    """What other clients saw: how long each answer took, and what was no answer of success."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """In seconds."""
        return statistics.quantiles(self.seconds, n=100)[-1]


def connected(service: Service) -> socket.socket:
    """A connection to a service."""
    return socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE)


@contextmanager
def others(service: Service, path: str = READY, **headers: str) -> Iterator[Waited]:
    """Ask while the block runs, each time on a new connection, as a client does that comes by."""
    waited, over = Waited(), threading.Event()

    def call(_: int) -> None:
        while not over.is_set():
            started = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
            try:
                connection.request("GET", path, headers={"Connection": "close", **headers})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    waited.failures.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                waited.failures.append(repr(error))
            finally:
                connection.close()
            waited.seconds.append(time.monotonic() - started)
            time.sleep(0.005)

    with ThreadPoolExecutor(OTHERS) as many:
        calls = many.map(call, range(OTHERS))
        try:
            yield waited
        finally:
            over.set()
    list(calls)


@contextmanager
def slow_clients(service: Service, number: int) -> Iterator[None]:
    """Connections that send nothing, a head or a body, a byte a second of it, until the block ends."""
    beginnings = (
        b"",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{",
    )
    over = threading.Event()
    with ExitStack() as opened:
        slow = []
        for beginning in itertools.islice(itertools.cycle(beginnings), number):
            connection = opened.enter_context(connected(service))
            connection.sendall(beginning)
            if beginning:
                slow.append(connection)

        def drip() -> None:
            while not over.wait(1):
                for connection in slow:
                    # Some are closed by the server after a while, as they should be.
                    with suppress(OSError):
                        connection.send(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            yield
        finally:
            over.set()
            dripping.join()


def make_room(number: int) -> None:
    """Let this process have so many connections: each is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * number)), hard))


@contextmanager
def idle_clients(service: Service, number: int) -> Iterator[None]:
    """Connections that do nothing: one half has had an answer, the other has said nothing yet."""
    request = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    make_room(number)
    with ExitStack() as opened:
        connections = [opened.enter_context(connected(service)) for _ in range(number)]
        for connection in connections[::2]:
            connection.sendall(request)
        for connection in connections[::2]:
            connection.recv(65536)
        yield


def logins_at_once(service: Service, number: int, email: str, password: str) -> Mapping[int, int]:
    """How many logins that were all sent at the same moment got each status."""

    def log_in(_: int) -> int:
        with service.new_client() as client:
            barrier.wait()
            credentials = {"email": email, "password": password}
            return client.post("/api/v1/auth/login", json=credentials, timeout=60).status_code

    barrier = threading.Barrier(number)
    with ThreadPoolExecutor(number) as many:
        statuses = list(many.map(log_in, range(number)))
    return {status: statuses.count(status) for status in set(statuses)}


def answer_to_large_body(service: Service, mebibytes: int, *, chunked: bool) -> bytes:
    """The status line for a body that is sent for as long as nothing comes back, and how much was taken."""
    framing = (
        b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (mebibytes * MIB)
    )
    start = (
        f"POST {USERS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode()
    )
    piece = b"x" * 65536
    with connected(service) as connection:
        connection.sendall(start + framing + b"\r\n\r\n")
        with suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(mebibytes * MIB // len(piece)):
                if select.select([connection], [], [], 0)[0]:
                    break
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        return connection.recv(65536).partition(b"\r\n")[0]


def seconds_idle(service: Service, most: float) -> float:
    """How long a connection stays open after an answer; `most` if it is open then."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", "/health/live")
        connection.getresponse().read()
        started = time.monotonic()
        select.select([connection.sock], [], [], most)
        return time.monotonic() - started
