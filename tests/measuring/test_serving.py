"""A service that is measured: looked at from outside, and gone afterwards with all that it started."""

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import pytest

from scaffold.errors import MeasuringFailed
from scaffold.measuring import asking, cores, serving
from scaffold.measuring.serving import Served

# A parent with a worker that listens; neither cares for SIGTERM if told so.
SERVICE = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
if os.fork():
    os.wait()
else:
    ballast = bytearray(64 * 1024 * 1024)
    print(sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else "", flush=True)
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def serve(folder: Path, *more: str, core: int | None = None) -> AbstractContextManager[Served]:
    """Serve it, from a folder."""
    file = folder / "service.py"
    file.write_text(SERVICE)
    port = serving.free_port()
    command = [sys.executable, str(file), str(port), *more]
    return serving.served(command, folder, os.environ, port, folder / "output.log", core)


@pytest.mark.parametrize("manners", ["polite", "stubborn"])
def test_nothing_of_it_is_left(
    tmp_path: Path, manners: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_END_SECONDS", 1)
    with serve(tmp_path, manners) as service:
        found = [service.process.pid, *_children(service.process.pid)]
        assert len(found) == 2
    assert not any(map(_is_alive, found))


def test_the_worker_is_what_is_looked_at(tmp_path: Path) -> None:
    with serve(tmp_path) as service:
        assert 64 < service.memory() < 200
        before = service.cpu_seconds()
        while service.cpu_seconds() == before:
            assert asking.is_live(service.port)
        service.settle()
        quiet = service.cpu_seconds()
        assert quiet > before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one choose")
def test_it_stays_on_its_core(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    core = max(before)
    with serve(tmp_path, core=core) as service:
        assert f"[{core}]" in service.last_words()
        assert os.sched_getaffinity(0) == before
        service.forget_output()
        assert "[" not in service.last_words()


def test_one_that_ends_is_told_with_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('SECRET_KEY is not set')"]
    served = serving.served(
        command, tmp_path, os.environ, serving.free_port(), tmp_path / "output.log", None
    )
    with pytest.raises(MeasuringFailed, match="SECRET_KEY is not set"), served:
        pass


def test_what_is_cleared_away_fails_aloud(tmp_path: Path) -> None:
    said = [sys.executable, "-c", "print(7)"]
    assert serving.at_last(said, tmp_path, os.environ) == "7"
    failing = [sys.executable, "-c", "raise OSError('no such server')"]
    with pytest.raises(MeasuringFailed, match="no such server"):
        serving.at_last(failing, tmp_path, os.environ)


def test_both_sides_have_a_core_of_their_own() -> None:
    split = cores.split()
    assert split.service is None or split.service != split.client


def _children(pid: int) -> list[int]:
    return [each.pid for each in psutil.Process(pid).children(recursive=True)]


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
