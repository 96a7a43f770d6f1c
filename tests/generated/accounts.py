"""What the tests of accounts do over and over: making one, logging in, asking who one is, reading mail."""

import re
import time
from typing import Any

import httpx2
import pytest

from .doors import LOGIN, Headers
from .problems import AUTH, PASSWORD, USERS, somebody
from .service import Service

OTHER = "another long enough password"
Account = dict[str, Any]


def new_account(service: Service) -> Account:
    """Somebody's account, with the password it was made with."""
    answer = service.admin().post(USERS, json=somebody(True))
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "password": PASSWORD}


def login(service: Service, account: Account, password: str = PASSWORD) -> httpx2.Response:
    return service.client.post(LOGIN, json={"email": account["email"], "password": password})


def me(service: Service, headers: Headers) -> httpx2.Response:
    return service.client.get(f"{USERS}/me", headers=headers)


def change_password(service: Service, headers: Headers, **body: Any) -> httpx2.Response:
    return service.client.post(f"{AUTH}/password/change", json=body, headers=headers)


def forgot_password(service: Service, email: str) -> httpx2.Response:
    return service.client.post(f"{AUTH}/password/forgot", json={"email": email})


def reset_password(service: Service, token: str, password: str = OTHER) -> httpx2.Response:
    body = {"token": token, "password": password}
    return service.client.post(f"{AUTH}/password/reset", json=body)


def mailed_token(service: Service, email: str, *, seconds: float = 10) -> str:
    """The token in the last link that was mailed to an address."""
    base = service.variables.get("PUBLIC_URL", "http://127.0.0.1:8000")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        text = service.mailed_to(email)
        if link := re.search(rf"^{re.escape(base)}\S*\?token=(\S+)$", text, re.MULTILINE):
            return link[1]
        time.sleep(0.05)
    pytest.fail("no link was mailed")
