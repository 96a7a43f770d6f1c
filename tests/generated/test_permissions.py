"""Who may call what: everybody on every path."""

from typing import Any

import httpx2
import pytest

from .problems import PASSWORD, USERS, problem, somebody
from .service import Service

Users = dict[str, dict[str, Any]]


def two_users(accounts: Service) -> Users:
    """Neither is an administrator."""
    made = {}
    for name in ("user", "other"):
        answer = accounts.admin().post(USERS, json=somebody(True))
        assert answer.status_code == 201, answer.text
        made[name] = answer.json()
    return made


@pytest.fixture
def users(accounts: Service) -> Users:
    """Two users of the test's own."""
    return two_users(accounts)


@pytest.fixture(scope="module")
def lasting(accounts: Service) -> Users:
    """Two users who stay what they are."""
    return two_users(accounts)


def client_of(accounts: Service, users: Users, who: str) -> httpx2.Client:
    if who == "anonymous":
        return accounts.client
    return (
        accounts.admin() if who == "admin" else accounts.client_for(users[who]["email"], PASSWORD)
    )


MATRIX = [
    # method, path, body, and what each is answered: anonymous, user, other, admin
    ("POST", "", "new", (401, 403, 403, 201)),
    ("POST", "", {}, (401, 403, 403, 422)),
    ("GET", "", None, (401, 403, 403, 200)),
    ("GET", "/{user}", None, (401, 200, 403, 200)),
    ("PATCH", "/{user}", {"name": "Changed"}, (401, 200, 403, 200)),
    ("PATCH", "/{user}", {"is_active": True}, (401, (403, 422), 403, 200)),
    ("PATCH", "/{user}", {"is_admin": False}, (401, (403, 422), 403, 200)),
    ("GET", "/me", None, (401, 200, 200, 200)),
    ("PATCH", "/me", {"age": 40}, (401, 200, 200, 200)),
    ("PATCH", "/me", {"password": PASSWORD}, (401, 422, 422, 422)),
    ("DELETE", "/{user}", None, (401, 403, 403, 204)),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "answers"), MATRIX, ids=lambda value: str(value)[:24]
)
@pytest.mark.parametrize("who", ["anonymous", "user", "other", "admin"])
def test_matrix(
    accounts: Service, lasting: Users, who: str, method: str, path: str, body: Any, answers: Any
) -> None:
    users = two_users(accounts) if (method, who) == ("DELETE", "admin") else lasting
    wanted = answers[("anonymous", "user", "other", "admin").index(who)]
    json: dict[str, Any] = (
        {"json": somebody(True) if body == "new" else body} if body is not None else {}
    )
    url = USERS + path.replace("{user}", users["user"]["id"])
    answer = client_of(accounts, users, who).request(method, url, **json)
    assert answer.status_code in (wanted if isinstance(wanted, tuple) else (wanted,)), answer.text
    if answer.status_code >= 400:
        problem(answer, answer.status_code)


@pytest.mark.parametrize("flag", ["is_admin", "is_active"])
def test_nobody_promotes_themselves(accounts: Service, users: Users, flag: str) -> None:
    user = users["user"]
    mine = accounts.client_for(user["email"], PASSWORD)
    for path in (f"{USERS}/{user['id']}", f"{USERS}/me"):
        assert mine.patch(path, json={"name": "Sneaky", flag: not user[flag]}).status_code in (
            403,
            422,
        )
    assert accounts.admin().get(f"{USERS}/{user['id']}").json() == user


def test_a_promotion_takes_effect_at_once(accounts: Service, users: Users) -> None:
    user = users["user"]
    mine = accounts.client_for(user["email"], PASSWORD)
    problem(mine.get(USERS), 403)
    accounts.admin().patch(f"{USERS}/{user['id']}", json={"is_admin": True})
    assert mine.get(USERS).status_code == 200


def test_deleting_oneself(accounts: Service, users: Users) -> None:
    mine = accounts.client_for(users["user"]["email"], PASSWORD)
    answer = mine.delete(f"{USERS}/me")
    assert (answer.status_code, answer.content) == (204, b"")
    problem(mine.get(f"{USERS}/me"), 401)


def test_what_is_absent_is_not_told_to_everybody(accounts: Service, users: Users) -> None:
    absent = f"{USERS}/00000000-0000-0000-0000-000000000001"
    problem(accounts.client.get(absent), 401)
    problem(accounts.client_for(users["user"]["email"], PASSWORD).get(absent), 403)
    problem(accounts.admin().get(absent), 404)
