"""Accounts with tokens: what a pair is, refreshing it, giving it up, and tokens that are not ours."""

import base64
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import jwt
import pytest

from . import accounts
from .accounts import OTHER, Account, mailed_token, new_account
from .problems import AUTH, PASSWORD, USERS, problem
from .service import Service


def me(service: Service, token: str) -> httpx2.Response:
    return accounts.me(service, {"Authorization": f"Bearer {token}"})


def refresh(service: Service, token: str) -> httpx2.Response:
    return service.client.post(f"{AUTH}/refresh", json={"refresh_token": token})


@pytest.fixture
def account(bearers: Service) -> Account:
    return new_account(bearers)


@pytest.fixture
def pair(bearers: Service, account: Account) -> dict[str, Any]:
    return bearers.login(account["email"], PASSWORD)


def test_login(bearers: Service, account: Account, pair: dict[str, Any]) -> None:
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 900)
    assert me(bearers, pair["access_token"]).json()["id"] == account["id"]
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    assert {"iss", "aud", "sub", "iat", "exp", "jti"} <= set(claims)
    assert claims["sub"] == account["id"]
    assert claims["exp"] - claims["iat"] == 900
    assert "" not in claims.values()


def test_a_refresh_token_is_used_once(bearers: Service, pair: dict[str, Any]) -> None:
    renewed = refresh(bearers, pair["refresh_token"])
    assert renewed.status_code == 200, renewed.text
    second = renewed.json()
    assert set(second) == set(pair)
    assert second["refresh_token"] != pair["refresh_token"]
    assert me(bearers, second["access_token"]).status_code == 200
    problem(refresh(bearers, pair["refresh_token"]), 401)
    problem(refresh(bearers, second["refresh_token"]), 401)


def test_one_of_two_refreshes_at_once_wins(bearers: Service, account: Account) -> None:
    for _ in range(5):
        token = bearers.login(account["email"], PASSWORD)["refresh_token"]
        with ThreadPoolExecutor(4) as many:
            answers = list(
                many.map(lambda _, token=token: refresh(bearers, token).status_code, range(4))
            )
        assert sorted(answers) == [200, 401, 401, 401]


def test_another_session_outlives_a_revoked_family(
    bearers: Service, account: Account, pair: dict[str, Any]
) -> None:
    other = bearers.login(account["email"], PASSWORD)
    refresh(bearers, pair["refresh_token"])
    problem(refresh(bearers, pair["refresh_token"]), 401)
    assert refresh(bearers, other["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "a.b.c", "ü", "' OR 1=1"])
def test_a_refresh_token_that_is_none(bearers: Service, token: str) -> None:
    problem(refresh(bearers, token), 401)


def test_an_access_token_is_no_refresh_token(bearers: Service, pair: dict[str, Any]) -> None:
    problem(refresh(bearers, pair["access_token"]), 401)
    problem(me(bearers, pair["refresh_token"]), 401)


def test_logout(bearers: Service, pair: dict[str, Any]) -> None:
    second = refresh(bearers, pair["refresh_token"]).json()
    out = bearers.client.post(f"{AUTH}/logout", json={"refresh_token": second["refresh_token"]})
    assert (out.status_code, out.content) == (204, b"")
    problem(refresh(bearers, second["refresh_token"]), 401)
    assert me(bearers, second["access_token"]).status_code == 200


@pytest.mark.parametrize("change", ["change", "reset", "deactivate", "delete"])
def test_what_ends_every_family(
    bearers: Service, account: Account, pair: dict[str, Any], change: str
) -> None:
    other = bearers.login(account["email"], PASSWORD)
    path = f"{USERS}/{account['id']}"
    if change == "change":
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        body = {"current_password": PASSWORD, "password": OTHER}
        done = accounts.change_password(bearers, headers, **body)
    elif change == "reset":
        accounts.forgot_password(bearers, account["email"])
        done = accounts.reset_password(bearers, mailed_token(bearers, account["email"]))
    elif change == "deactivate":
        done = bearers.admin().patch(path, json={"is_active": False})
    else:
        done = bearers.admin().delete(path)
    assert done.status_code in (200, 204), done.text
    for revoked in (pair, other):
        problem(me(bearers, revoked["access_token"]), 401)
        problem(refresh(bearers, revoked["refresh_token"]), 401)


def test_tokens_that_are_not_ours(bearers: Service, pair: dict[str, Any]) -> None:
    token = pair["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    key = bearers.variables["SECRET_KEY"]
    head, body, signature = token.split(".")
    admins = (
        base64.urlsafe_b64encode(json.dumps({**claims, "sub": str(uuid.UUID(int=1))}).encode())
        .rstrip(b"=")
        .decode()
    )
    changed = {
        "tampered body": f"{head}.{admins}.{signature}",
        "no signature": f"{head}.{body}.",
        "another signature": f"{head}.{body}.{signature[::-1]}",
        "no algorithm": jwt.encode(claims, "", algorithm="none"),
        "another key": jwt.encode(claims, "k" * 64, algorithm="HS256"),
        "nonsense": "x.y.z",
        "not ASCII": "ü",
    }
    assert {name for name, bad in changed.items() if me_raw(bearers, bad) != 401} == set()
    problem(me(bearers, changed["tampered body"]), 401)
    algorithm = jwt.get_unverified_header(token)["alg"]
    if (
        not algorithm.startswith("HS")
        or me(bearers, jwt.encode(claims, key, algorithm=algorithm)).status_code != 200
    ):
        return  # the key is derived, so that nobody but the service can sign
    wrong = {
        "expired": {**claims, "iat": claims["iat"] - 4000, "exp": int(time.time()) - 120},
        "audience": {**claims, "aud": "another"},
        "issuer": {**claims, "iss": "another"},
        "subject": {**claims, "sub": "x"},
        **{
            f"without {name}": {k: v for k, v in claims.items() if k != name}
            for name in ("aud", "iss", "sub", "exp", "iat", "jti")
        },
    }
    accepted = {
        name
        for name, bad in wrong.items()
        if me_raw(bearers, jwt.encode(bad, key, algorithm=algorithm)) != 401
    }
    assert accepted == set()
    other = "HS512" if algorithm != "HS512" else "HS256"
    assert me_raw(bearers, jwt.encode(claims, key, algorithm=other)) == 401


def me_raw(service: Service, token: str) -> int:
    return service.client.get(
        f"{USERS}/me", headers={b"Authorization": f"Bearer {token}".encode()}
    ).status_code


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer {} x", "Token {}"])
def test_another_authorization(bearers: Service, pair: dict[str, Any], scheme: str) -> None:
    headers = {"Authorization": scheme.format(pair["access_token"])}
    problem(bearers.client.get(f"{USERS}/me", headers=headers), 401)
