"""Accounts, however one comes in: registering, logging in, passwords and lockout."""

import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from .accounts import (
    GUESSES,
    OTHER,
    Account,
    change_password,
    forgot_password,
    login,
    mailed_token,
    me,
    new_account,
    own_guesses,
    reset_password,
)
from .conftest import EVERY, having
from .doors import Headers
from .problems import AUTH, PASSWORD, USERS, pointers, problem, somebody
from .service import Service

WITH_ACCOUNTS = having("has_auth", EVERY)


@pytest.fixture
def account(accounts: Service) -> Account:
    return new_account(accounts)


@pytest.fixture
def signed_in(accounts: Service, account: Account) -> Headers:
    """What the owner of the account sends after a login."""
    return accounts.sign_in(account["email"], PASSWORD)


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


def test_whoever_is_logged_in_is_known(
    accounts: Service, account: Account, signed_in: Headers
) -> None:
    assert me(accounts, signed_in).json()["id"] == account["id"]
    problem(me(accounts, {}), 401)


def test_a_wrong_login_says_nothing_about_the_address(accounts: Service, account: Account) -> None:
    wrong = problem(login(accounts, account, "not the password"), 401)
    unknown = problem(login(accounts, {"email": f"{uuid.uuid4().hex}@example.com"}), 401)
    for body in (wrong, unknown):
        body.pop("request_id")
    assert wrong == unknown


@pytest.mark.daily("django")
def test_a_wrong_login_takes_as_long_for_an_unknown_address(accounts: Service) -> None:
    known = new_account(accounts)

    def seconds(account: Account) -> float:
        started = time.perf_counter()
        problem(login(accounts, account, "not the password"), 401)
        return time.perf_counter() - started

    pairs = [
        (seconds(known), seconds({"email": f"{uuid.uuid4().hex}@example.com"}))
        # One more would be refused unseen.
        for _ in range(9)
    ]
    assert 1 / 3 < statistics.median(one / other for one, other in pairs) < 3


@pytest.mark.daily("fastapi")
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


def test_changing_the_password(accounts: Service, account: Account, signed_in: Headers) -> None:
    bodies = {"current_password": PASSWORD, "password": OTHER}
    problem(change_password(accounts, {}, **bodies), 401)
    wrong = change_password(accounts, signed_in, current_password="not it", password=OTHER)
    problem(wrong, 403)
    assert pointers(change_password(accounts, signed_in, **{**bodies, "password": "short"})) == [
        "/password"
    ]
    other = accounts.sign_in(account["email"], PASSWORD)
    done = change_password(accounts, signed_in, **bodies)
    assert (done.status_code, done.content) == (204, b"")
    for revoked in (signed_in, other):
        problem(me(accounts, revoked), 401)
    problem(login(accounts, account), 401)
    assert login(accounts, account, OTHER).status_code == 200


def test_guesses_are_refused_at_every_door(accounts: Service, account: Account) -> None:
    new = somebody(True)
    own, others = own_guesses(accounts, account["email"]), own_guesses(accounts, new["email"])
    signed_in = accounts.sign_in(account["email"], PASSWORD)
    forgot_password(accounts, account["email"])
    token = mailed_token(accounts, account["email"])

    def change(password: str) -> httpx2.Response:
        return change_password(accounts, signed_in, current_password=PASSWORD, password=password)

    def create(password: str) -> httpx2.Response:
        return accounts.admin().post(USERS, json={**new, "password": password})

    def register(password: str) -> httpx2.Response:
        return accounts.client.post(f"{AUTH}/register", json={**new, "password": password})

    doors = [
        (create, (*GUESSES, *others)),
        (change, (*GUESSES, *own)),
        (lambda password: reset_password(accounts, token, password), (*GUESSES, *own)),
        (register, (GUESSES[0], *others)),
    ]
    for door, guesses in doors:
        for guess in guesses:
            answer = door(guess)
            assert answer.status_code == 422, (door, guess)
            assert pointers(answer) == ["/password"]
    assert reset_password(accounts, token, f"not {account['email']}").status_code == 204


def test_a_forgotten_password(accounts: Service, account: Account, signed_in: Headers) -> None:
    forgot = forgot_password(accounts, account["email"].upper())
    assert forgot.status_code == 202
    unknown = forgot_password(accounts, f"{uuid.uuid4().hex}@example.com")
    assert (unknown.status_code, unknown.content) == (202, forgot.content)
    token = mailed_token(accounts, account["email"])
    problem(reset_password(accounts, "x"), 400)
    problem(reset_password(accounts, ""), 400)
    assert pointers(reset_password(accounts, token, "short")) == ["/password"]
    with ThreadPoolExecutor(4) as many:
        statuses = sorted(many.map(lambda _: reset_password(accounts, token).status_code, range(4)))
    assert statuses == [204, 400, 400, 400]
    problem(me(accounts, signed_in), 401)
    problem(login(accounts, account), 401)
    assert login(accounts, account, OTHER).status_code == 200


@pytest.mark.parametrize("change", ["deactivate", "delete"])
def test_a_user_who_is_no_longer_one(
    accounts: Service, account: Account, signed_in: Headers, change: str
) -> None:
    path = f"{USERS}/{account['id']}"
    if change == "delete":
        assert accounts.admin().delete(path).status_code == 204
    else:
        assert accounts.admin().patch(path, json={"is_active": False}).json()["is_active"] is False
    problem(me(accounts, signed_in), 401)
    problem(login(accounts, account), 401)
    assert forgot_password(accounts, account["email"]).status_code == 202


@pytest.mark.daily("fastapi")
def test_a_burst_of_logins_holds_nobody_up(accounts: Service, signed_in: Headers) -> None:
    """Those that find a queue too long are told when to come back, and everybody else is served."""

    def fail(_: int) -> httpx2.Response:
        body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "not the password"}
        # Beside others, a core that makes the hashes is there for a part of the time.
        return accounts.client.post(f"{AUTH}/login", json=body, timeout=120)

    with ThreadPoolExecutor(100) as many:
        logins = [many.submit(fail, number) for number in range(100)]
        others = []
        while not all(answer.done() for answer in logins):
            others += [accounts.client.get("/health/ready"), me(accounts, signed_in)]
    answers = [answer.result() for answer in logins]
    assert {answer.status_code for answer in others} == {200}
    assert {answer.status_code for answer in answers} == {401, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    problem(refused, 503)
    assert int(refused.headers["retry-after"]) >= 1
