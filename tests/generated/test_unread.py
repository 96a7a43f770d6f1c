"""Requests that are answered without their body: what becomes of a body that comes after the answer.

A server that closes the connection has to say so (RFC 9112, 9.6): otherwise a client with a pool of
connections would lose its next request.
"""

import http.client
import json
import select
from contextlib import closing

import pytest

from .problems import USERS
from .service import Service

# Who answers early does so at once; others wait for the body.
EARLY_SECONDS = 0.5
SMALL, LARGE = b"{}", b" " * 500_000
CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"

pytestmark = pytest.mark.daily("flask")


def answer_and_reuse(
    service: Service, call: str, body: bytes, headers: dict[str, str]
) -> http.client.HTTPResponse:
    """The answer to the call's head or, if there is none yet, to all of it.

    A connection that it leaves open has served another request after that.
    """
    method, path = call.split()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.auto_open = False
    with closing(connection):
        connection.connect()
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            connection.putheader(name, value)
        connection.endheaders()
        is_early = bool(select.select([connection.sock], [], [], EARLY_SECONDS)[0])
        if not is_early:
            connection.send(body)
        answer = connection.getresponse()
        answer.read()
        if not answer.will_close:
            if is_early:
                connection.send(body)
            for _ in range(2):
                connection.request("GET", "/health/live")
                assert json.load(connection.getresponse()) == {"status": "ok"}
        return answer


@pytest.mark.parametrize("size", ["small", "large", "chunked"])
@pytest.mark.parametrize(
    ("call", "status"),
    [
        (f"POST {USERS}", 401),
        ("POST /nothing", 404),
        (f"PUT {USERS}", 405),
        ("GET /health/live", 200),
    ],
)
def test_a_body_after_the_answer(service: Service, call: str, status: int, size: str) -> None:
    if status == 401 and not service.has_auth:
        pytest.skip("nothing is protected")
    body = {"small": SMALL, "large": LARGE, "chunked": CHUNKED}[size]
    framed = {"Content-Length": str(len(body))}
    if size == "chunked":
        framed = {"Transfer-Encoding": "chunked"}
    wanted = {status}
    if status == 401 and size == "large":
        wanted.add(400)  # blank: whether a body is JSON may be asked first
    if status == 401 and service.facts["has_session"]:
        wanted.add(403)
    if size == "chunked" and service.facts["has_django"]:
        wanted.add(411)
    assert answer_and_reuse(service, call, body, framed).status in wanted


def test_a_body_for_a_host_that_is_not_served(service: Service) -> None:
    headers = {"Content-Length": str(len(LARGE)), "Host": "evil.example"}
    assert answer_and_reuse(service, f"POST {USERS}", LARGE, headers).status == 400


def test_a_body_that_is_too_large(service: Service) -> None:
    """Nothing of it is read, and what comes of it is never taken for a request."""
    smuggled = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = answer_and_reuse(service, f"POST {USERS}", smuggled, {"Content-Length": "1048577"})
    assert (answer.status, answer.will_close) == (413, True)


def test_a_body_that_breaks_off(service: Service) -> None:
    head = b"POST /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    failures = service.printed().count("Traceback")
    for framing in (b"Content-Length: 9\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n9\r\n{"):
        service.raw(head + framing, timeout=0.1)
    assert service.client.get("/health/live").status_code == 200
    assert service.printed().count("Traceback") == failures
