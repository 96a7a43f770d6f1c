"""What the tests of accounts do over and over: making one, logging in, asking who one is, reading mail."""

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from . import doors
from .doors import LOGIN, Headers
from .problems import AUTH, PASSWORD, USERS, somebody
from .service import Service

ADMIN = "/admin/"
FORM = "/admin/login/"
OTHER = "another long enough password"
# What an attacker tries first: common words with an ending, what is common as it is, and what repeats itself.
GUESSES = (
    "Password1234!",
    "  LETMEIN 2026...",
    "QwertyUiop[];'",
    "motherfucker",
    "Cookiemonster",
    "1Qaz2wsx3edc",
    "iloveyou-123456",
    "123456789987654321",
    "a" * 12,
    "é" * 128,
    "q7!" * 4,
    "abcdabcdabcdab",
    "xyxyxyxyxyx12",
)
Account = dict[str, Any]


def new_account(service: Service) -> Account:
    """Somebody's account, with the password it was made with."""
    answer = service.admin().post(USERS, json=somebody(True))
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "password": PASSWORD}


def login(service: Service, account: Account, password: str = PASSWORD) -> httpx2.Response:
    return service.client.post(LOGIN, json={"email": account["email"], "password": password})


def own_guesses(service: Service, email: str) -> tuple[str, ...]:
    """What an attacker tries first who knows the service and whose account it is."""
    title = str(service.project.combination.answers["project_name"])
    local = email.partition("@")[0]
    names = (title, title.upper().replace(" ", ""), service.project.combination.package)
    return (email, email.upper(), f"{local}@{'1' * 12}", *(f"{name} 2026!!!!!!" for name in names))


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
    base = service.variables.get("PUBLIC_URL", f"http://127.0.0.1:{service.port}")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        text = service.mailed_to(email)
        if link := re.search(rf"^{re.escape(base)}\S*\?token=(\S+)$", text, re.MULTILINE):
            return link[1]
        time.sleep(0.05)
    pytest.fail("no link was mailed")


def by_form(
    service: Service, email: str, password: str
) -> tuple[httpx2.Response, Mapping[str, str]]:
    """What the form answers, and the cookies that a browser then has."""
    with service.new_client() as browser:
        page = browser.get(FORM)
        assert page.status_code == 200, page.text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        data = {
            "csrfmiddlewaretoken": token[1],
            "username": email,
            "password": password,
            "next": ADMIN,
        }
        before = doors.values(page)
        headers = {"Cookie": doors.as_header(before)}
        answer = browser.post(FORM, data=data, headers=headers)
    return answer, {**before, **doors.values(answer)}


def entered(service: Service, email: str, password: str) -> Headers | None:
    """The headers of who has come in by the form; None if the form let nobody in."""
    answer, cookies = by_form(service, email, password)
    if answer.status_code != 302:
        return None
    assert answer.headers["location"] == ADMIN
    return {"Cookie": doors.as_header(cookies)}
