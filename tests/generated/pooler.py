"""The real pgbouncer, pooling by transaction."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .installed import free_port

# Where Debian has it is not on everybody's path.
PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
START_SECONDS = 30
CONFIGURATION = """
[databases]
* = host={host} port={server_port} user={user} {password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
"""


@contextmanager
def pooling(url: str, folder: Path) -> Iterator[str]:
    """The URL of a database by way of a pooler with few sessions; skips the test without pgbouncer."""
    program = shutil.which("pgbouncer", path=PLACES)
    if program is None:
        pytest.skip("no pgbouncer (Debian's package of that name)")
    parts, port = urlsplit(url), free_port()
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        CONFIGURATION.format(
            host=parts.hostname,
            server_port=parts.port or 5432,
            user=parts.username or "postgres",
            password=f"password={parts.password}" if parts.password else "",
            port=port,
        ),
        encoding="utf-8",
    )
    # It does not run as root.
    identity = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, "-q", *identity, configuration], stdin=subprocess.DEVNULL)
    try:
        wait_until_open(process, port)
        yield parts._replace(netloc=f"{parts.username or 'postgres'}@127.0.0.1:{port}").geturl()
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_open(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "pgbouncer ended"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("pgbouncer does not listen")
