"""Conventions: every error in one form, request ids, HEAD, paths, hosts and headers."""

import json
import re
import uuid
from typing import Any

import httpx2
import pytest

from .problems import USERS, auth_methods, parameters, pointers, problem, somebody
from .service import Service

JSON = {"Content-Type": "application/json"}
MISSING = f"{USERS}/{uuid.UUID(int=1)}"
# With the body around it as deep as a body may be.
NESTED: Any = json.loads("[" * 19 + "]" * 19)


def post(client: httpx2.Client, content: bytes, **headers: str) -> httpx2.Response:
    return client.post(USERS, content=content, headers={**JSON, **headers})


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b'{"name": }',
        b"{'name': 1}",
        b'{"age": NaN}',
        b'{"age": Infinity}',
        b'{"age": -Infinity}',
        b'{"name": "\xff\xfe"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "a\nb"}',
        b"\x00",
        b'{"age": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_malformed_json(admin: httpx2.Client, content: bytes) -> None:
    answer = post(admin, content)
    if content.startswith(b'{"age": 9'):
        assert answer.status_code in (400, 422)
        problem(answer, answer.status_code)
    else:
        problem(answer, 400)


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"],
)
def test_only_json_is_taken(admin: httpx2.Client, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    problem(admin.post(USERS, content=b"{}", headers=headers), 415)


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_by_another_spelling_is_taken(
    service: Service, admin: httpx2.Client, media_type: str
) -> None:
    body = json.dumps(somebody(service.has_auth)).encode()
    answer = admin.post(USERS, content=body, headers={"Content-Type": media_type})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("body", [[], "text", 1, None, True])
def test_a_body_that_is_no_object(admin: httpx2.Client, body: Any) -> None:
    assert pointers(post(admin, json.dumps(body).encode())) == [""]


def test_pointers_name_what_is_missing(service: Service, admin: httpx2.Client) -> None:
    wanted = ["/email", "/name", *(["/password"] if service.has_auth else [])]
    assert pointers(admin.post(USERS, json={})) == wanted


@pytest.mark.parametrize(
    ("member", "pointer"), [("extra", "/extra"), ("a/b", "/a~1b"), ("a~b", "/a~0b"), ("", "/")]
)
def test_pointers_name_what_is_unknown(
    service: Service, admin: httpx2.Client, member: str, pointer: str
) -> None:
    assert pointers(admin.post(USERS, json=somebody(service.has_auth, **{member: 1}))) == [pointer]


def test_the_first_errors_alone_are_named(service: Service, admin: httpx2.Client) -> None:
    found = pointers(admin.post(USERS, json={f"m{number:03}": 1 for number in range(996)}))
    missing = {"/name", "/email", *(["/password"] if service.has_auth else [])}
    assert len(found) == 20
    assert missing < set(found)
    assert pointers(admin.post(USERS, json={"age": NESTED})) == pointers(
        admin.post(USERS, json={"age": "x"})
    )


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({f"m{number:06}": 1 for number in range(1_001)}).encode(),
        json.dumps({f"m{number:06}": 1 for number in range(70_000)}).encode(),
        json.dumps({"name": [1] * 1_000}).encode(),
        b'{"name": [' + b"{}," * 300_000 + b"{}]}",
        json.dumps({"name": [NESTED]}).encode(),
        b"[" * 50_000,
        b'{"a":' * 50_000,
        b'{"age": ' + b"[" * 400_000 + b"]" * 400_000 + b"}",
        b'{"' + b"x" * 900_000 + b'": 1}',
    ],
    ids=lambda content: f"{len(content)} {content[:20]!r}",
)
def test_a_body_that_no_schema_has(admin: httpx2.Client, content: bytes) -> None:
    """It is refused as a whole: what was wrong with each of its members would be long."""
    answer = post(admin, content)
    assert pointers(answer) == [""]
    assert len(answer.content) < 1_000


@pytest.mark.parametrize("field", ["name", "email"])
@pytest.mark.parametrize("text", ['"Ann\\u0000"', '"Ann\\ud800"', '"\\udfffAnn"'])
def test_text_that_is_no_text(
    service: Service, admin: httpx2.Client, field: str, text: str
) -> None:
    body = somebody(service.has_auth)
    content = json.dumps({**body, field: "PLACE"}).replace('"PLACE"', text)
    assert pointers(post(admin, content.encode())) == [f"/{field}"]


def test_a_surrogate_pair_is_text(service: Service, admin: httpx2.Client) -> None:
    content = json.dumps(somebody(service.has_auth, name="Ann \U0001f600"))
    assert "\\ud83d" in content
    assert post(admin, content.encode()).status_code == 201


@pytest.mark.parametrize("member", ["a\\ud800", "a\\u0000"])
def test_a_member_whose_name_is_no_text(
    admin: httpx2.Client, service: Service, member: str
) -> None:
    content = json.dumps(somebody(service.has_auth))[:-1] + f', "{member}": 1}}'
    problem(post(admin, content.encode()), 422)


def test_a_body_over_the_limit_is_refused_before_it_is_sent(service: Service) -> None:
    head = f"POST {USERS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    answer = service.raw(
        f"{head}Content-Length: 1048577\r\nConnection: close\r\n\r\n".encode(), timeout=5
    )
    assert answer.split(b" ")[1] == b"413", answer[:300]
    assert b"application/problem+json" in answer


def test_a_chunked_body_is_counted_while_it_is_read(service: Service, admin: httpx2.Client) -> None:
    """WSGI has no way to tell where it ends: there it is refused at once."""
    if service.facts["has_django"]:
        problem(admin.post(USERS, content=iter([b"{}"]), headers=JSON), 411)
        return
    try:
        answer = admin.post(USERS, content=(b" " * 65536 for _ in range(20)), headers=JSON)
    except httpx2.TransportError:  # it may close the connection while the rest is being sent
        pytest.skip("the server closed the connection before its answer was read")
    problem(answer, 413)
    assert answer.headers["connection"] == "close"


def test_the_largest_body_is_read(service: Service, admin: httpx2.Client) -> None:
    body = json.dumps(somebody(service.has_auth)).encode()
    assert post(admin, body + b" " * (1_048_576 - len(body))).status_code == 201
    body = json.dumps(somebody(service.has_auth)).encode()
    refused = post(admin, body + b" " * (1_048_577 - len(body)))
    problem(refused, 413)
    # What was not read is still in the connection: a client must not use it again.
    assert refused.headers["connection"] == "close"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v1/users/x/y",
        "/%00",
        "/%ff",
        "//",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_unknown_paths(service: Service, method: str, path: str) -> None:
    """Before authentication, and whatever the method."""
    answer = service.client.request(method, f"http://127.0.0.1:{service.port}{path}")
    # Where there are pages, the root is one: browsers may get it.
    is_page = service.facts["has_pages"] and path in ("/", "//") and method != "GET"
    problem(answer, 405 if is_page and answer.status_code == 405 else 404)


def test_two_slashes_are_not_one(service: Service, admin: httpx2.Client) -> None:
    for path in (USERS, "/health/live", "/docs"):
        problem(admin.get(f"http://127.0.0.1:{service.port}/{path}"), 404)


@pytest.mark.parametrize(
    "path",
    [
        "/health/live/",
        "/health/ready/",
        "/docs/",
        "/redoc/",
        "/openapi.json/",
        f"{USERS}/",
        f"{MISSING}/",
    ],
)
def test_a_trailing_slash_is_another_path(admin: httpx2.Client, path: str) -> None:
    problem(admin.get(path), 404)


@pytest.mark.parametrize(
    "identity",
    ["x", "1", "00000000-0000-0000-0000-00000000000", "%20", "null", "../users", "1" * 500],
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_id_that_is_none(admin: httpx2.Client, method: str, identity: str) -> None:
    body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    problem(admin.request(method, f"{USERS}/{identity.replace('..', '%2e%2e')}", **body), 404)


ALLOWED = {
    "/health/live": {"GET", "HEAD"},
    "/health/ready": {"GET", "HEAD"},
    "/openapi.json": {"GET", "HEAD"},
    "/docs": {"GET", "HEAD"},
    "/redoc": {"GET", "HEAD"},
    USERS: {"GET", "HEAD", "POST"},
    MISSING: {"GET", "HEAD", "PATCH", "DELETE"},
}


def methods(service: Service) -> dict[str, set[str]]:
    """Every path of a service, with what it takes."""
    me = {f"{USERS}/me": {"GET", "HEAD", "PATCH", "DELETE"}} if service.has_auth else {}
    return {**ALLOWED, **me, **auth_methods(service.facts)}


@pytest.mark.parametrize(
    "method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
)
def test_an_unexpected_method(service: Service, method: str) -> None:
    for path, allowed in methods(service).items():
        if method not in allowed:
            answer = service.client.request(method, path)
            problem(answer, 405)
            named = {name.strip() for name in answer.headers["allow"].split(",")}
            assert named - {"OPTIONS"} == allowed, path


def test_head_answers_as_get_without_the_body(service: Service, admin: httpx2.Client) -> None:
    for path, allowed in {**methods(service), "/nothing": {"HEAD"}}.items():
        if "HEAD" in allowed:
            with_body, without = admin.get(path), admin.head(path)
            assert without.status_code == with_body.status_code, path
            assert without.content == b""
            assert without.headers.get("content-type") == with_body.headers.get("content-type"), (
                path
            )
            policies = {
                re.sub(r"'nonce-[^']+'", "'nonce'", answer.headers["content-security-policy"])
                for answer in (with_body, without)
            }
            assert len(policies) == 1, path


@pytest.mark.parametrize("identity", ["abc", "A.b_c-9", "x" * 128, "0"])
def test_a_request_id_is_kept(client: httpx2.Client, identity: str) -> None:
    assert (
        client.get("/health/live", headers={"X-Request-ID": identity}).headers["x-request-id"]
        == identity
    )


@pytest.mark.parametrize("identity", ["", "x" * 129, "a b", "a/b", "a\tb", "é", "a,b", '"a"'])
def test_a_request_id_is_replaced(client: httpx2.Client, identity: str) -> None:
    answer = client.get("/nothing", headers={b"X-Request-ID": identity.encode()})
    given = answer.headers.get_list("x-request-id")
    assert len(given) == 1
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,128}", given[0])
    assert given[0] != identity
    problem(answer, 404)


def test_every_request_has_its_own_id(client: httpx2.Client) -> None:
    assert len({client.get("/health/live").headers["x-request-id"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/docs", "/redoc", "/openapi.json", "/nothing", USERS]
)
def test_security_headers(service: Service, path: str) -> None:
    answer = service.client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    policy = answer.headers["content-security-policy"]
    assert answer.headers.get("x-frame-options") == "DENY" or "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[-1].split(";")[0]
    assert "unsafe-eval" not in policy
    assert "base-uri 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    hsts = answer.headers.get("strict-transport-security")
    assert hsts == ("max-age=31536000; includeSubDomains" if service.is_production else None)
    for name, value in answer.headers.items():
        assert not re.search(
            r"(uvicorn|granian|gunicorn|python|wsgi\w*|fastapi|starlette|django)/?\s*\d",
            value,
            re.IGNORECASE,
        ), name
    assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "",
        "a b",
        "localhost:x:y",
    ],
)
def test_a_host_that_is_not_allowed(client: httpx2.Client, host: str) -> None:
    problem(client.get("/openapi.json", headers={"Host": host}), 400)


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.9:8000"])
def test_health_answers_whatever_the_host(client: httpx2.Client, host: str) -> None:
    """Balancers ask by the address of a machine."""
    for path in ("/health/live", "/health/ready"):
        assert client.get(path, headers={"Host": host}).status_code == 200


def test_health_answers_without_a_host(service: Service) -> None:
    answer = service.raw(b"GET /health/live HTTP/1.0\r\n\r\n", timeout=5)
    assert answer.split(b" ")[1] == b"200", answer[:300]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:80"])
def test_a_host_that_is_allowed(client: httpx2.Client, host: str) -> None:
    assert client.get("/openapi.json", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("offset=-1", "offset"),
        ("offset=1000001", "offset"),
        ("sort=password", "sort"),
        ("sort=--name", "sort"),
        ("search=a%00b", "search"),
    ],
)
def test_a_bad_query_parameter(admin: httpx2.Client, query: str, name: str) -> None:
    assert parameters(admin.get(f"{USERS}?{query}")) == [name]


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /%s HTTP/1.1" % (b"x" * 100_000),
        b"\x00\x01\x02",
        b"GET / HTTP/9.9",
        b"G\xc3\xa9T / HTTP/1.1",
    ],
)
def test_garbage_does_not_stop_the_service(service: Service, request_line: bytes) -> None:
    service.raw(request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", timeout=3)
    assert service.client.get("/health/live").status_code == 200
