"""Something between a service and its database that can fall silent, as networks do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PORTS = {"mysql": 3306, "postgresql": 5432}


class Proxy:
    """Passes on what it is sent, until it is told to keep it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.silent = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        self.opened: list[socket.socket] = []

    def accept(self) -> None:
        """Serve until the listening socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.server.accept()
                upstream = socket.create_connection(self.target)
                self.opened += [client, upstream]
                for source, sink in ((client, upstream), (upstream, client)):
                    threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass on in one direction. What was open while it was silent stays so for ever."""
        with suppress(OSError):
            while received := source.recv(65536):
                if self.silent.is_set():
                    return
                sink.sendall(received)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def between(url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server of a database's URL, and the URL by which it is reached."""
    parts = urlsplit(url)
    proxy = Proxy((parts.hostname or "127.0.0.1", parts.port or PORTS[parts.scheme]))
    threading.Thread(target=proxy.accept, daemon=True).start()
    login = parts.netloc.rpartition("@")[0]
    netloc = f"{login}@127.0.0.1:{proxy.port}" if login else f"127.0.0.1:{proxy.port}"
    try:
        yield proxy, parts._replace(netloc=netloc).geturl()
    finally:
        for each in (proxy.server, *proxy.opened):
            each.close()
