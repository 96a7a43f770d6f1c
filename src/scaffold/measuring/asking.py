"""The few calls that a service is asked before it is measured, on this machine alone."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

from scaffold.errors import MeasuringFailed

LIVE = "/health/live"


def is_live(port: int) -> bool:
    """Return whether the service on that port answers that it is there."""
    try:
        status, _ = _ask(port, "GET", LIVE, None, {})
    except (OSError, HTTPException):
        return False
    return status == 200


def ask(
    port: int, method: str, path: str, body: Mapping[str, object] | None = None, token: str = ""
) -> Any:
    """Return what the service answers.

    Raises:
        MeasuringFailed: if that is a refusal, or nothing.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        status, text = _ask(port, method, path, body, headers)
    except (OSError, HTTPException) as error:
        raise MeasuringFailed(f"{method} {path} was not answered: {error}") from error
    if status >= 300:
        raise MeasuringFailed(f"{method} {path} was answered with {status}: {text[:300]}")
    return json.loads(text)


def _ask(
    port: int,
    method: str,
    path: str,
    body: Mapping[str, object] | None,
    headers: Mapping[str, str],
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        text = None if body is None else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, text, {**headers, **kind})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
