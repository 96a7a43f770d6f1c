"""A MariaDB server of the tests' own, which encrypts what it is sent."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import pytest
import trustme

from .installed import free_port

START_SECONDS = 60


@contextmanager
def encrypting(folder: Path, authority: trustme.CA) -> Iterator[int]:
    """Its port at 127.0.0.1, where root has no password; skips the test where there is no such program."""
    installer, program = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    if not (installer and program):
        pytest.skip("no MariaDB server to start")
    data, certificate = folder / "data", authority.issue_cert("127.0.0.1")
    files = {"cert": folder / "server.pem", "key": folder / "server.key"}
    certificate.cert_chain_pems[0].write_to_path(files["cert"])
    certificate.private_key_pem.write_to_path(files["key"])
    made = [
        installer,
        "--no-defaults",
        f"--datadir={data}",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run([*made, "--skip-test-db"], check=True, capture_output=True)
    port = free_port()
    command = [
        *(program, "--no-defaults", "--user=root", f"--datadir={data}", f"--port={port}"),
        *("--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", "--skip-name-resolve"),
        *(f"--ssl-{name}={path}" for name, path in files.items()),
    ]
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            wait(folder)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=60)


def wait(folder: Path) -> None:
    """Return once the server answers, to root at any address."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            # The driver leaves its socket open where nobody listens yet.
            with socket.socket(socket.AF_UNIX) as knock:
                knock.connect(str(folder / "socket"))
            with pymysql.connect(unix_socket=str(folder / "socket"), user="root") as connection:
                connection.cursor().execute(
                    "CREATE USER shop@'%' IDENTIFIED BY 'secret' REQUIRE SSL"
                )
                connection.cursor().execute("GRANT ALL ON *.* TO shop@'%'")
            return
        except (OSError, pymysql.OperationalError):
            assert time.monotonic() < deadline, (folder / "said").read_text()
            time.sleep(0.1)
