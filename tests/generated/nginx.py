"""A real nginx in front of services: TLS ends there, and its connections to them are kept."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from .installed import free_port

# Debian has it where only the superuser's programs are looked for.
PLACES = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
HOST = "localhost"
SECONDS = 10
LINE = len("200\n")
# A service that is restarted refuses connections, and is not to be shunned for that: the other is next.
CONFIGURATION = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
daemon off;
events {{ worker_connections 4096; }}
http {{
  log_format status "$status";
  access_log {folder}/access.log status;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  upstream service {{
{upstreams}
    keepalive 64;
    keepalive_requests 1000000;
    keepalive_timeout 60s;
  }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Front:
    """Where nginx listens, and what it has written."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate of who signed nginx's own."""
        return self.folder / "authority.pem"

    def answered(self) -> int:
        """How many requests it has answered: its log has a line of as many bytes for each."""
        return (self.folder / "access.log").stat().st_size // LINE

    def complaints(self) -> str:
        """What it says of errors."""
        return (self.folder / "error.log").read_text()


@contextmanager
def fronted(ports: Sequence[int], folder: Path, port: int = 0) -> Iterator[Front]:
    """nginx before the services on these ports, until the block ends; skips the test where there is none."""
    program = shutil.which("nginx", path=PLACES)
    if program is None:
        pytest.skip("nginx is not installed")
    front = Front(port or free_port(), folder)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(front.authority))
    certificate = authority.issue_cert(HOST)
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "certificate.pem"))
    upstreams = "\n".join(f"    server 127.0.0.1:{each} max_fails=0;" for each in ports)
    text = CONFIGURATION.format(folder=folder, upstreams=upstreams, port=front.port)
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    (folder / "error.log").touch()
    command = [program, "-p", str(folder), "-c", str(configuration), "-e", f"{folder}/error.log"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS
        while not (folder / "nginx.pid").exists():
            assert process.poll() is None, front.complaints()
            assert time.monotonic() < deadline, front.complaints()
            time.sleep(0.02)
        yield front
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)
