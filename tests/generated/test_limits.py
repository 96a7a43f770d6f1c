"""What one client may do to accounts in a minute, and what the log says of it."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from combinations import Combination

from .accounts import OTHER, change_password, mailed_token, new_account, reset_password
from .conftest import EVERY, Install, each, having
from .mailbox import everybodys_mailbox
from .problems import AUTH, PASSWORD, USERS, problem, somebody
from .service import Service, serving

LIMITED = each(having("has_auth", EVERY), "has_session")

# Minutes are waited for, and many passwords hashed.
pytestmark = pytest.mark.daily("fastapi")


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


@pytest.mark.matrix
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
