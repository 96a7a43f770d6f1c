"""Two instances of a service behind nginx, which are restarted one after the other while people call."""

import http.client
import itertools
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .installed import free_port
from .nginx import HOST, Front, fronted
from .problems import USERS
from .service import Service, running, settings_for
from .stopping import wait_for_workers

CALLERS = 8
OK = "answered"
SECONDS = 30


@dataclass
class Instances:
    """What nginx has behind it."""

    first: Service
    front: Front
    folder: Path
    settings: dict[str, str]
    ports: tuple[int, int]
    running: dict[int, tuple[Service, ExitStack]] = field(default_factory=dict)

    def start(self, port: int) -> None:
        """Serve on a port, and return once it answers."""
        stack = ExitStack()
        database_url = self.first.variables["DATABASE_URL"]
        project, extra = self.first.project, {**self.settings, "PORT": str(port)}
        variables = settings_for(project, database_url, environment="production") | extra
        serve = (*project.program, "serve")
        service = stack.enter_context(running(project, self.folder, variables, serve))
        self.running[port] = service, stack
        wait_for_workers(service)

    def stop(self, port: int) -> None:
        """Ask it to end, and return once it has."""
        service, stack = self.running.pop(port)
        with stack:
            service.stop()

    def restart_each(self) -> None:
        """Restart one after the other, as a release does."""
        for port in self.ports:
            self.stop(port)
            self.start(port)

    def called(self, path: str, headers: dict[str, str], over: threading.Event) -> Counter[str]:
        """What became of the calls that were made, again and again on the same connections, until it is over.

        Every other one is a POST, which nginx sends once: what a service loses of these is lost.
        """
        with ThreadPoolExecutor(CALLERS) as many:
            each = many.map(lambda _: self._call(path, headers, over), range(CALLERS))
            return sum(each, Counter())

    def _call(self, path: str, headers: dict[str, str], over: threading.Event) -> Counter[str]:
        seen: Counter[str] = Counter()
        context = ssl.create_default_context(cafile=str(self.front.authority))
        connection = http.client.HTTPSConnection(
            HOST, self.front.port, timeout=SECONDS, context=context
        )
        with closing(connection):
            for method, where in itertools.cycle((("GET", path), ("POST", USERS))):
                if over.is_set():
                    break
                try:
                    connection.request(method, where, "{}" if method == "POST" else None, headers)
                    answer = connection.getresponse()
                    said = answer.read()
                    failed = answer.status >= 500
                    seen[f"{method} {answer.status} {said!r}" if failed else OK] += 1
                except (OSError, http.client.HTTPException) as error:
                    connection.close()
                    seen[f"{method} {error!r}"] += 1
        return seen


@contextmanager
def two_behind_nginx(service: Service, folder: Path) -> Iterator[Instances]:
    """Two more instances of the same service, which believe the nginx before them, until the block ends."""
    ports, port = (free_port(), free_port()), free_port()
    settings = {
        "PUBLIC_URL": f"https://{HOST}:{port}",
        "TRUSTED_PROXIES": "127.0.0.1",
        "SECRET_KEY": service.variables["SECRET_KEY"],
        "ACCESS_TOKEN_MINUTES": "1440",
        "WEB_CONCURRENCY": "1",
    }
    with fronted(ports, folder, port) as front:
        behind = Instances(service, front, folder, settings, ports)
        try:
            for each in ports:
                behind.start(each)
            yield behind
        finally:
            for each in list(behind.running):
                behind.stop(each)


def call_through_a_restart(
    behind: Instances, path: str, headers: dict[str, str], number: int
) -> Counter[str]:
    """What became of at least so many calls, half of them before each instance was restarted."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as one:
        calls = one.submit(behind.called, path, headers, over)
        try:
            wait_until_called(behind, number // 2)
            behind.restart_each()
            wait_until_called(behind, number)
        finally:
            over.set()
        return calls.result()


def wait_until_called(behind: Instances, number: int) -> None:
    """Return once nginx has answered so many requests."""
    while behind.front.answered() < number:
        time.sleep(0.2)
