"""Accounts: registering, logging in, tokens, passwords, lockout and the limit on registering."""

import base64
import json
import re
import statistics
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from combinations import Combination

from .conftest import CHOSEN, Install, with_auth
from .problems import PASSWORD, USERS, pointers, problem, somebody
from .service import Service, serving

AUTH = "/api/v1/auth"
OTHER = "another long enough password"
Account = dict[str, Any]


def new_account(service: Service) -> Account:
    """Somebody's account, with the password it was made with."""
    body = somebody(True)
    answer = service.admin().post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "password": PASSWORD}


def login(service: Service, account: Account, password: str = PASSWORD) -> httpx2.Response:
    return service.client.post(
        f"{AUTH}/login", json={"email": account["email"], "password": password}
    )


def me(service: Service, token: str) -> httpx2.Response:
    return service.client.get(f"{USERS}/me", headers={"Authorization": f"Bearer {token}"})


def refresh(service: Service, token: str) -> httpx2.Response:
    return service.client.post(f"{AUTH}/refresh", json={"refresh_token": token})


@pytest.fixture
def account(accounts: Service) -> Account:
    return new_account(accounts)


@pytest.fixture
def pair(accounts: Service, account: Account) -> dict[str, Any]:
    return accounts.login(account["email"], PASSWORD)


def test_registering(accounts: Service) -> None:
    body = somebody(True)
    answer = accounts.client.post(f"{AUTH}/register", json=body)
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {
        "id",
        "name",
        "email",
        "age",
        "is_active",
        "is_admin",
        "created_at",
        "updated_at",
    }
    assert answer.json()["is_admin"] is False
    problem(
        accounts.client.post(f"{AUTH}/register", json={**body, "email": body["email"].upper()}), 409
    )
    assert login(accounts, answer.json()).status_code == 200


def test_registering_takes_nothing_else(accounts: Service) -> None:
    answer = accounts.client.post(f"{AUTH}/register", json=somebody(True, is_admin=True))
    assert pointers(answer) == ["/is_admin"]


def test_login(accounts: Service, account: Account, pair: dict[str, Any]) -> None:
    assert set(pair) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 900)
    assert me(accounts, pair["access_token"]).json()["id"] == account["id"]
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    assert {"iss", "aud", "sub", "iat", "exp", "jti"} <= set(claims)
    assert claims["sub"] == account["id"]
    assert claims["exp"] - claims["iat"] == 900


def test_a_wrong_login_says_nothing_about_the_address(accounts: Service, account: Account) -> None:
    wrong = problem(login(accounts, account, "not the password"), 401)
    unknown = problem(login(accounts, {"email": f"{uuid.uuid4().hex}@example.com"}), 401)
    for body in (wrong, unknown):
        body.pop("request_id")
    assert wrong == unknown


def test_a_wrong_login_takes_as_long_for_an_unknown_address(accounts: Service) -> None:
    known = [new_account(accounts) for _ in range(9)]

    def seconds(account: Account) -> float:
        started = time.perf_counter()
        problem(login(accounts, account, "not the password"), 401)
        return time.perf_counter() - started

    pairs = [
        (seconds(account), seconds({"email": f"{uuid.uuid4().hex}@example.com"}))
        for account in known
    ]
    assert 1 / 3 < statistics.median(one / other for one, other in pairs) < 3


def test_lockout_counts_across_workers_and_at_once(accounts: Service, account: Account) -> None:
    with ThreadPoolExecutor(16) as many:
        answers = list(many.map(lambda _: login(accounts, account, "not the password"), range(40)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 10
    locked = login(accounts, account)
    problem(locked, 429)
    assert int(locked.headers["retry-after"]) <= 15 * 60
    problem(login(accounts, {"email": account["email"].upper()}), 429)
    assert login(accounts, new_account(accounts)).status_code == 200


def test_lockout_holds_for_an_unknown_address_too(accounts: Service) -> None:
    nobody = {"email": f"{uuid.uuid4().hex}@example.com"}
    statuses = [login(accounts, nobody, "not the password").status_code for _ in range(12)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert statuses.count(401) <= 10


def test_a_refresh_token_is_used_once(accounts: Service, pair: dict[str, Any]) -> None:
    renewed = refresh(accounts, pair["refresh_token"])
    assert renewed.status_code == 200, renewed.text
    second = renewed.json()
    assert set(second) == set(pair)
    assert second["refresh_token"] != pair["refresh_token"]
    assert me(accounts, second["access_token"]).status_code == 200
    problem(refresh(accounts, pair["refresh_token"]), 401)
    problem(refresh(accounts, second["refresh_token"]), 401)


def test_one_of_two_refreshes_at_once_wins(accounts: Service, account: Account) -> None:
    for _ in range(5):
        token = accounts.login(account["email"], PASSWORD)["refresh_token"]
        with ThreadPoolExecutor(4) as many:
            answers = list(
                many.map(lambda _, token=token: refresh(accounts, token).status_code, range(4))
            )
        assert sorted(answers) == [200, 401, 401, 401]


def test_another_session_outlives_a_revoked_family(
    accounts: Service, account: Account, pair: dict[str, Any]
) -> None:
    other = accounts.login(account["email"], PASSWORD)
    refresh(accounts, pair["refresh_token"])
    problem(refresh(accounts, pair["refresh_token"]), 401)
    assert refresh(accounts, other["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "a.b.c", "ü", "' OR 1=1"])
def test_a_refresh_token_that_is_none(accounts: Service, token: str) -> None:
    problem(refresh(accounts, token), 401)


def test_an_access_token_is_no_refresh_token(accounts: Service, pair: dict[str, Any]) -> None:
    problem(refresh(accounts, pair["access_token"]), 401)
    problem(me(accounts, pair["refresh_token"]), 401)


def test_logout(accounts: Service, pair: dict[str, Any]) -> None:
    second = refresh(accounts, pair["refresh_token"]).json()
    out = accounts.client.post(f"{AUTH}/logout", json={"refresh_token": second["refresh_token"]})
    assert (out.status_code, out.content) == (204, b"")
    problem(refresh(accounts, second["refresh_token"]), 401)
    assert me(accounts, second["access_token"]).status_code == 200


def test_changing_the_password(accounts: Service, account: Account, pair: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    path = f"{AUTH}/password/change"

    def change(**body: Any) -> httpx2.Response:
        return accounts.client.post(path, json=body, headers=headers)

    problem(accounts.client.post(path, json={"current_password": PASSWORD, "password": OTHER}), 401)
    problem(change(current_password="not it at all", password=OTHER), 403)
    assert pointers(change(current_password=PASSWORD, password="short")) == ["/password"]
    other = accounts.login(account["email"], PASSWORD)
    done = change(current_password=PASSWORD, password=OTHER)
    assert (done.status_code, done.content) == (204, b"")
    for revoked in (pair, other):
        problem(me(accounts, revoked["access_token"]), 401)
        problem(refresh(accounts, revoked["refresh_token"]), 401)
    problem(login(accounts, account), 401)
    assert login(accounts, account, OTHER).status_code == 200


def mailed_token(service: Service, email: str, *, seconds: float = 10) -> str:
    """The token in the last link that was mailed to an address, read from the console."""
    base = service.variables.get("PUBLIC_URL", "http://127.0.0.1:8000")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _, found, after = service.printed().rpartition(email)
        link = re.search(rf"^{re.escape(base)}\S*\?token=(\S+)$", after, re.MULTILINE)
        if found and link:
            return link[1]
        time.sleep(0.05)
    pytest.fail("no link was mailed")


def test_a_forgotten_password(accounts: Service, account: Account, pair: dict[str, Any]) -> None:
    forgot = accounts.client.post(
        f"{AUTH}/password/forgot", json={"email": account["email"].upper()}
    )
    assert forgot.status_code == 202
    unknown = accounts.client.post(
        f"{AUTH}/password/forgot", json={"email": f"{uuid.uuid4().hex}@example.com"}
    )
    assert (unknown.status_code, unknown.content) == (202, forgot.content)
    token = mailed_token(accounts, account["email"])

    def reset(token: str, password: str = OTHER) -> httpx2.Response:
        return accounts.client.post(
            f"{AUTH}/password/reset", json={"token": token, "password": password}
        )

    problem(reset("x"), 400)
    problem(reset(""), 400)
    assert pointers(reset(token, "short")) == ["/password"]
    with ThreadPoolExecutor(4) as many:
        statuses = sorted(many.map(lambda _: reset(token).status_code, range(4)))
    assert statuses == [204, 400, 400, 400]
    problem(me(accounts, pair["access_token"]), 401)
    problem(refresh(accounts, pair["refresh_token"]), 401)
    problem(login(accounts, account), 401)
    assert login(accounts, account, OTHER).status_code == 200


@pytest.mark.parametrize("change", ["deactivate", "delete"])
def test_a_user_who_is_no_longer_one(
    accounts: Service, account: Account, pair: dict[str, Any], change: str
) -> None:
    path = f"{USERS}/{account['id']}"
    if change == "delete":
        assert accounts.admin().delete(path).status_code == 204
    else:
        assert accounts.admin().patch(path, json={"is_active": False}).json()["is_active"] is False
    problem(me(accounts, pair["access_token"]), 401)
    problem(refresh(accounts, pair["refresh_token"]), 401)
    problem(login(accounts, account), 401)
    assert (
        accounts.client.post(
            f"{AUTH}/password/forgot", json={"email": account["email"]}
        ).status_code
        == 202
    )


def test_tokens_that_are_not_ours(accounts: Service, pair: dict[str, Any]) -> None:
    token = pair["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    key = accounts.variables["SECRET_KEY"]
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
    assert {name for name, bad in changed.items() if me_raw(accounts, bad) != 401} == set()
    problem(me(accounts, changed["tampered body"]), 401)
    algorithm = jwt.get_unverified_header(token)["alg"]
    if (
        not algorithm.startswith("HS")
        or me(accounts, jwt.encode(claims, key, algorithm=algorithm)).status_code != 200
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
        if me_raw(accounts, jwt.encode(bad, key, algorithm=algorithm)) != 401
    }
    assert accepted == set()
    other = "HS512" if algorithm != "HS512" else "HS256"
    assert me_raw(accounts, jwt.encode(claims, key, algorithm=other)) == 401


def me_raw(service: Service, token: str) -> int:
    return service.client.get(
        f"{USERS}/me", headers={b"Authorization": f"Bearer {token}".encode()}
    ).status_code


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer {} x", "Token {}"])
def test_another_authorization(accounts: Service, pair: dict[str, Any], scheme: str) -> None:
    headers = {"Authorization": scheme.format(pair["access_token"])}
    problem(accounts.client.get(f"{USERS}/me", headers=headers), 401)


@pytest.fixture(scope="module", params=with_auth(CHOSEN))
def limited(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service of its own: whoever fills a limit fills it for all."""
    combination: Combination = request.param
    folder: Path = tmp_path_factory.mktemp("limited")
    with serving(install(combination), folder) as service:
        yield service


@pytest.mark.parametrize(("path", "answered"), [("register", 422), ("password/forgot", 202)])
def test_sixty_a_minute(limited: Service, path: str, answered: int) -> None:
    body = {} if path == "register" else {"email": "nobody@example.com"}
    answers = [limited.client.post(f"{AUTH}/{path}", json=body) for _ in range(130)]
    statuses = [answer.status_code for answer in answers]
    if 429 not in statuses and path == "register":
        made = [limited.client.post(f"{AUTH}/{path}", json=somebody(True)) for _ in range(70)]
        answers, statuses, answered = made, [answer.status_code for answer in made], 201
    assert set(statuses) == {answered, 429}
    assert 59 <= statuses.count(answered) <= 120
    problem(next(answer for answer in answers if answer.status_code == 429), 429)
