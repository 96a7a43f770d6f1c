"""What needs a login not older than five minutes (RFC 9470), and what ends for good."""

import secrets
import time
from typing import Any

import httpx2
import jwt
import pytest

from .accounts import Account, login, me, new_account
from .doors import Headers
from .problems import AUTH, PASSWORD, USERS, problem
from .service import Service

LOGIN_AGAIN = "/problems/login-again"
CHALLENGE = 'Bearer error="insufficient_user_authentication", max_age="300"'


@pytest.fixture
def account(accounts: Service) -> Account:
    return new_account(accounts)


def another_address() -> str:
    return f"{secrets.token_hex(8)}@example.com"


def change(service: Service, headers: Headers, path: str = "me", **body: Any) -> httpx2.Response:
    return service.client.patch(f"{USERS}/{path}", json=body, headers=headers)


def is_told(service: Service, email: str, *, seconds: float = 10) -> bool:
    """Whether an address gets the notice that it was replaced."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if "changed to another" in service.mailed_to(email):
            return True
        time.sleep(0.05)
    return False


def older(service: Service, token: str, *, seconds: int) -> Headers:
    """What is sent with an access token of a login that was so long ago."""
    claims = jwt.decode(token, options={"verify_signature": False})
    claims["auth_time"] -= seconds
    aged = jwt.encode(claims, service.variables["SECRET_KEY"], algorithm="HS256")
    return {"Authorization": f"Bearer {aged}"}


def test_whoever_just_logged_in_changes_the_address(accounts: Service, account: Account) -> None:
    new = another_address()
    headers = accounts.sign_in(account["email"], PASSWORD)
    answer = change(accounts, headers, email=new)
    assert answer.status_code == 200, answer.text
    assert answer.json()["email"] == new
    assert is_told(accounts, account["email"])
    assert accounts.client.delete(f"{USERS}/me", headers=headers).status_code == 204


def test_the_old_address_is_told_of_what_an_administrator_changes(
    accounts: Service, account: Account
) -> None:
    path = f"{USERS}/{account['id']}"
    assert accounts.admin().patch(path, json={"age": 40}).status_code == 200
    same = accounts.admin().patch(path, json={"email": account["email"].upper()})
    assert same.json()["email"] == account["email"]
    taken = accounts.admin().patch(path, json={"email": new_account(accounts)["email"]})
    problem(taken, 409)
    assert not accounts.mailed_to(account["email"])
    assert accounts.admin().patch(path, json={"email": another_address()}).status_code == 200
    assert is_told(accounts, account["email"])


def test_an_older_login_is_not_enough(bearers: Service) -> None:
    account = new_account(bearers)
    made = bearers.admin().patch(f"{USERS}/{account['id']}", json={"is_admin": True})
    assert made.status_code == 200, made.text
    token = bearers.login(account["email"], PASSWORD)["access_token"]
    stale = older(bearers, token, seconds=310)
    for path in ("me", account["id"]):
        for answer in (
            change(bearers, stale, path, email=another_address()),
            bearers.client.delete(f"{USERS}/{path}", headers=stale),
        ):
            problem(answer, 401, LOGIN_AGAIN)
            assert answer.headers["www-authenticate"] == CHALLENGE
        same = change(bearers, stale, path, email=account["email"].upper(), age=41)
        assert same.status_code == 200, same.text
    other = new_account(bearers)
    assert change(bearers, stale, other["id"], email=another_address()).status_code == 200
    assert bearers.client.delete(f"{USERS}/{other['id']}", headers=stale).status_code == 204
    fresh = older(bearers, token, seconds=200)
    assert change(bearers, fresh, email=another_address()).status_code == 200
    assert bearers.client.delete(f"{USERS}/{account['id']}", headers=fresh).status_code == 204


def test_a_refreshed_token_keeps_the_time_of_its_login(bearers: Service) -> None:
    pair = bearers.login(new_account(bearers)["email"], PASSWORD)
    first = jwt.decode(pair["access_token"], options={"verify_signature": False})
    assert abs(first["auth_time"] - first["iat"]) <= 1
    while time.time() < first["iat"] + 1.1:
        time.sleep(0.1)
    body = {"refresh_token": pair["refresh_token"]}
    renewed = bearers.client.post(f"{AUTH}/refresh", json=body).json()["access_token"]
    second = jwt.decode(renewed, options={"verify_signature": False})
    assert second["iat"] > first["iat"]
    assert second["auth_time"] == first["auth_time"]


def test_what_deactivation_ended_stays_ended(accounts: Service, account: Account) -> None:
    headers = accounts.sign_in(account["email"], PASSWORD)
    pair = {} if accounts.facts["has_session"] else accounts.login(account["email"], PASSWORD)
    for is_active in (False, True):
        path = f"{USERS}/{account['id']}"
        assert accounts.admin().patch(path, json={"is_active": is_active}).status_code == 200
        problem(me(accounts, headers), 401)
    if pair:
        body = {"refresh_token": pair["refresh_token"]}
        problem(accounts.client.post(f"{AUTH}/refresh", json=body), 401)
    assert login(accounts, account).status_code == 200


def test_the_document_names_the_problem(accounts: Service) -> None:
    problems = accounts.client.get("/openapi.json").json()["components"]["schemas"]["Problem"]
    assert LOGIN_AGAIN in problems["properties"]["type"]["description"]
