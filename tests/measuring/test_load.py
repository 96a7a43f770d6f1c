"""wrk with our script, against a server that counts what it is asked."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import MeasuringFailed
from scaffold.measuring import load
from scaffold.measuring.load import Call

GET = Call("me", "/me")
POST = Call("create", "/contacts", creates=True)
needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="there is no wrk")


class Counting(ThreadingHTTPServer):
    """Counts requests and addresses, and refuses every second one if told to."""

    daemon_threads = True

    def __init__(self, refuses: bool) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.refuses = refuses
        self.lock = threading.Lock()
        self.requests = 0
        self.addresses: list[str] = []
        self.tokens: set[str | None] = set()


class Handler(BaseHTTPRequestHandler):
    """Answers anything."""

    protocol_version = "HTTP/1.1"
    server: Counting

    def do_GET(self) -> None:
        """Count."""
        self.answer()

    def do_POST(self) -> None:
        """Count, and keep the address."""
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        with self.server.lock:
            self.server.addresses.append(body["email"])
        self.answer()

    def answer(self) -> None:
        """Answer, or refuse."""
        with self.server.lock:
            self.server.requests += 1
            refused = self.server.refuses and self.server.requests % 2 == 0
            self.server.tokens.add(self.headers["Authorization"])
        self.send_response(503 if refused else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def counting(*, refuses: bool = False) -> Iterator[Counting]:
    """A server until the block ends."""
    with Counting(refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@needs_wrk
def test_a_load_is_what_the_server_saw() -> None:
    with counting() as server:
        seen = load.ask(server.server_port, GET, "t0ken", connections=4, seconds=1, core=None)
        # Each connection may have had a request on its way when the time was over.
        assert 0 < seen.requests <= server.requests <= seen.requests + 4
        assert server.tokens == {"Bearer t0ken"}
    assert seen.failed == 0
    assert 0 < seen.p50 <= seen.p99
    assert seen.rate == pytest.approx(seen.requests / seen.seconds)


@needs_wrk
def test_refusals_are_no_answers() -> None:
    with counting(refuses=True) as server:
        seen = load.ask(server.server_port, GET, "", connections=2, seconds=1, core=None)
    assert seen.failed == pytest.approx(0.5, abs=0.1)
    assert seen.rate == pytest.approx((seen.requests - seen.refused) / seen.seconds)


@needs_wrk
def test_no_two_creates_have_the_same_address() -> None:
    with counting() as server:
        for _ in range(2):
            load.ask(server.server_port, POST, "t0ken", connections=4, seconds=1, core=None)
        assert len(server.addresses) > 10
        assert len(set(server.addresses)) == len(server.addresses)


@needs_wrk
def test_nobody_there_is_told() -> None:
    with counting() as server:
        port = server.server_port
    with pytest.raises(MeasuringFailed, match="wrk failed: .*unable to connect"):
        load.ask(port, GET, "", connections=1, seconds=1, core=None)


@given(
    requests=st.integers(0, 10**9),
    microseconds=st.integers(1, 10**10),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    times=st.tuples(st.floats(0, 10**6), st.floats(0, 10**6)),
    before=st.lists(
        st.text(st.characters(exclude_characters="{\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
    ),
)
def test_what_is_printed_is_read(
    requests: int,
    microseconds: int,
    shares: tuple[float, float],
    times: tuple[float, float],
    before: list[str],
) -> None:
    refused, broken = (int(requests * each) for each in shares)
    line = (
        f'{{"requests": {requests}, "microseconds": {microseconds}, "refused": {refused}, '
        f'"broken": {broken}, "p50": {times[0]:.3f}, "p99": {times[1]:.3f}}}'
    )
    seen = load.parse("\n".join([*before, line, ""]))
    assert (seen.requests, seen.refused, seen.broken) == (requests, refused, broken)
    assert 0 <= seen.failed <= 1
    assert 0 <= seen.rate <= requests / seen.seconds
    assert seen.p50 == pytest.approx(times[0], abs=0.001)


@given(st.text())
def test_anything_else_is_refused(printed: str) -> None:
    with pytest.raises(MeasuringFailed):
        load.parse(printed)
    with pytest.raises(MeasuringFailed):
        load.parse(f'{{"requests": 1}}\n{printed}')
