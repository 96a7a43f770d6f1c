"""What an error answer looks like (RFC 9457), and how to read one."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx2

from .doors import TOKEN_HEADER

USERS = "/api/v1/users"
AUTH = "/api/v1/auth"
# All of them take POST alone.
AUTH_CALLS = (
    "register",
    "login",
    "logout",
    "password/change",
    "password/forgot",
    "password/reset",
)
PASSWORD = "correct horse battery staple"
# The members of every problem, and what is said beside them with some statuses.
PROBLEM = {"type", "title", "status", "detail", "instance", "request_id"}
MORE = {422: {"errors"}, 503: {"checks"}}


def auth_methods(facts: Mapping[str, Any]) -> dict[str, set[str]]:
    """The paths of a project's accounts, each with what it takes."""
    if not facts["has_auth"]:
        return {}
    found = {f"{AUTH}/{call}": {"POST"} for call in AUTH_CALLS}
    if facts["has_session"]:
        return found | {f"{AUTH}/csrf": {"GET", "HEAD"}}
    return found | {f"{AUTH}/refresh": {"POST"}}


def problem(answer: httpx2.Response, status: int, kind: str = "about:blank") -> dict[str, Any]:
    """The problem that an answer must be, checked against the contract."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert PROBLEM <= set(body) <= PROBLEM | MORE.get(status, set())
    for error in body.get("errors", []):
        assert set(error) in ({"pointer", "detail"}, {"parameter", "detail"})
    assert body["type"] == kind
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    for leaked in (
        "Traceback",
        "sqlalchemy",
        "django",
        "rest_framework",
        'File "',
        "SELECT ",
        "INSERT ",
        "/site-packages/",
        "/src/",
        ".py",
    ):
        assert leaked not in answer.text
    if status == 401:
        # Whoever has a token against forgery comes with a session, and is asked for no other token.
        bearer = TOKEN_HEADER not in answer.request.headers
        challenge = answer.headers.get("www-authenticate", "")
        assert challenge.startswith("Bearer") if bearer else not challenge
    if status == 405:
        assert answer.headers["allow"]
    if status == 429:
        assert int(answer.headers["retry-after"]) >= 1
    return body


def pointers(answer: httpx2.Response) -> list[str]:
    """The members that a validation problem points at."""
    return sorted(error["pointer"] for error in problem(answer, 422)["errors"])


def parameters(answer: httpx2.Response) -> list[str]:
    """The query parameters that a validation problem names."""
    return sorted(error["parameter"] for error in problem(answer, 422)["errors"])


def somebody(has_auth: bool, **changes: Any) -> dict[str, Any]:
    """What it takes to make a user whom nobody made before."""
    body = {"name": "Ann Example", "email": f"u{uuid.uuid4().hex}@example.com", "age": 30}
    return {**body, **({"password": PASSWORD} if has_auth else {}), **changes}
