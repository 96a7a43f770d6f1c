"""Accounts, however one comes in: registering, logging in, passwords, lockout and the limit on registering."""

import json
import statistics
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from combinations import Combination

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
from .conftest import EVERY, Install, each, having, in_every_run
from .doors import Headers
from .mailbox import everybodys_mailbox
from .problems import AUTH, PASSWORD, USERS, pointers, problem, somebody
from .service import Service, serving

WITH_ACCOUNTS = having("has_auth", EVERY)
LIMITED = each(WITH_ACCOUNTS, "has_session")


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


@pytest.mark.parametrize("accounts", in_every_run("django", WITH_ACCOUNTS), indirect=True)
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


@pytest.mark.parametrize("accounts", in_every_run("fastapi", WITH_ACCOUNTS), indirect=True)
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


@pytest.fixture(scope="module", params=LIMITED)
def limited(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service of its own: whoever fills a limit fills it for all."""
    combination: Combination = request.param
    folder: Path = tmp_path_factory.mktemp("limited")
    project = install(combination)
    with serving(
        project, folder, TRUSTED_PROXIES="127.0.0.1", LOGIN_FAILURES_PER_CLIENT="20"
    ) as service:
        yield service


@pytest.mark.parametrize("limited", in_every_run("flask", LIMITED), indirect=True)
def test_sixty_registrations_a_minute(limited: Service) -> None:
    """Requests count that are well formed, so that each takes a hash."""
    check_limit(limited, "register", 201)


def test_sixty_forgotten_passwords_a_minute(limited: Service) -> None:
    check_limit(limited, "password/forgot", 202)


def check_limit(service: Service, path: str, answered: int) -> None:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 130:
        body = somebody(True) if path == "register" else {"email": "nobody@example.com"}
        answer = service.client.post(f"{AUTH}/{path}", json=body)
        statuses.append(answer.status_code)
    assert set(statuses) == {answered, 429}
    assert 59 <= statuses.count(answered) <= 120
    problem(answer, 429)


def login_from(
    service: Service, client: str, email: str, password: str = "not the password"
) -> int:
    """The status of a login from the address that a trusted proxy names."""
    body = {"email": email, "password": password}
    headers = {"X-Forwarded-For": client}
    return service.client.post(f"{AUTH}/login", json=body, headers=headers).status_code


def test_a_lockout_is_of_one_client(limited: Service) -> None:
    account = new_account(limited)
    owner = limited.sign_in(account["email"], PASSWORD)
    statuses = [login_from(limited, "203.0.113.1:4711", account["email"]) for _ in range(12)]
    assert statuses.count(401) <= 10
    assert login_from(limited, "203.0.113.1", account["email"], PASSWORD) == 429
    assert login_from(limited, "203.0.113.2", account["email"], PASSWORD) == 200
    change = {"current_password": PASSWORD, "password": OTHER}
    headers = {**owner, "X-Forwarded-For": "203.0.113.1"}
    assert change_password(limited, headers, **change).status_code == 204


def test_one_client_does_not_try_many_addresses(limited: Service) -> None:
    statuses = [
        login_from(limited, f"[2001:db8:0:7::{number:x}]:4711", f"{uuid.uuid4().hex}@example.com")
        for number in range(1, 23)
    ]
    assert statuses.count(401) <= 20
    assert statuses[-1] == 429
    assert login_from(limited, "2001:db8:0:8::1", f"{uuid.uuid4().hex}@example.com") == 401


def test_guesses_of_the_current_password_are_counted_by_user(limited: Service) -> None:
    account = new_account(limited)
    owner = limited.sign_in(account["email"], PASSWORD)
    statuses = []
    for number in range(12):
        guess = {"current_password": f"guess {number}", "password": OTHER}
        statuses.append(change_password(limited, owner, **guess).status_code)
        renamed = {"email": f"{uuid.uuid4().hex}@example.com"}
        limited.client.patch(f"{USERS}/me", json=renamed, headers=owner)
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert statuses.count(403) <= 10


def test_three_mails_an_hour_go_to_one_address(limited: Service) -> None:
    account, later = new_account(limited), new_account(limited)
    for email in [account["email"]] * 5 + [later["email"]]:
        body, headers = {"email": email}, {"X-Forwarded-For": "203.0.113.3"}
        answer = limited.client.post(f"{AUTH}/password/forgot", json=body, headers=headers)
        assert answer.status_code == 202
    mailed_token(limited, later["email"])
    assert 1 <= sum(account["email"] in it.to for it in everybodys_mailbox().letters) <= 3


def auth_events(service: Service, user_id: str) -> list[tuple[str, str, str]]:
    """What the log says of an account: what was done, what came of it, and from where."""
    found = [json.loads(line) for line in service.printed().splitlines() if line.startswith("{")]
    return [
        (entry["action"], entry["result"], entry["client"])
        for entry in found
        if entry["event"] == "auth" and user_id in (entry["user_id"], entry["caller"])
    ]


def test_the_log_says_who_and_from_where(limited: Service) -> None:
    account, other = new_account(limited), new_account(limited)
    path, here, there = f"{USERS}/{account['id']}", "127.0.0.1", "203.0.113.4"
    assert login_from(limited, there, account["email"]) == 401
    assert login_from(limited, there, account["email"], PASSWORD) == 200
    owner = limited.sign_in(account["email"], PASSWORD)
    wrong, right = (
        {"current_password": current, "password": OTHER} for current in ("a guess", PASSWORD)
    )
    assert change_password(limited, owner, **wrong).status_code == 403
    assert limited.client.get(f"{USERS}/{other['id']}", headers=owner).status_code == 403
    assert change_password(limited, owner, **right).status_code == 204
    # From where nobody else has used up the minute's requests.
    forgotten, headers = {"email": account["email"]}, {"X-Forwarded-For": there}
    limited.client.post(f"{AUTH}/password/forgot", json=forgotten, headers=headers)
    token = mailed_token(limited, account["email"])
    assert reset_password(limited, token, PASSWORD).status_code == 204
    for change in ({"is_admin": True}, {"is_active": False}):
        assert limited.admin().patch(path, json=change).status_code == 200
    assert limited.admin().delete(path).status_code == 204
    assert auth_events(limited, account["id"]) == [
        ("registration", "ok", here),
        ("login", "failed", there),
        ("login", "ok", there),
        ("login", "ok", here),
        ("password_change", "failed", here),
        ("access", "refused", here),
        ("access", "refused", here),
        ("password_change", "ok", here),
        ("password_reset", "ok", here),
        ("role_change", "ok", here),
        ("deactivation", "ok", here),
        ("deletion", "ok", here),
    ]
    assert account["email"] not in limited.printed()


def test_the_log_says_which_login_was_refused(limited: Service) -> None:
    account, there = new_account(limited), "203.0.113.5"
    while login_from(limited, there, account["email"]) != 429:
        pass
    entries = [json.loads(it) for it in limited.printed().splitlines() if it.startswith("{")]
    last = [it for it in entries if it["event"] == "auth" and it["client"] == there][-1]
    assert (last["action"], last["result"]) == ("login", "limited")
