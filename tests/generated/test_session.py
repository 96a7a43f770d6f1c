"""Accounts with sessions: the cookie, the token against forgery, and what ends a session."""

import re
from http.cookies import Morsel
from pathlib import Path

import httpx2
import pytest
from combinations import Combination

from . import doors
from .accounts import OTHER, Account, change_password, login, me, new_account
from .conftest import EVERY, Boot, each, having
from .doors import CSRF, LOGIN, TOKEN_HEADER, Headers, kept
from .problems import AUTH, PASSWORD, USERS, problem, somebody
from .service import Service, beside

USER = {"id", "name", "email", "age", "is_active", "is_admin", "created_at", "updated_at"}


@pytest.fixture
def account(sessions: Service) -> Account:
    return new_account(sessions)


@pytest.fixture
def signed_in(sessions: Service, account: Account) -> Headers:
    return sessions.sign_in(account["email"], PASSWORD)


@pytest.fixture(scope="module")
def visitor(sessions: Service) -> Headers:
    """Somebody who is logged in, and stays so."""
    return sessions.sign_in(new_account(sessions)["email"], PASSWORD)


def session_of(answer: httpx2.Response) -> tuple[str, str]:
    """Name and value of the session's cookie in the answer to a login."""
    found = {name: each for name, each in doors.given(answer).items() if "csrf" not in name}
    ((name, morsel),) = found.items()
    return name, morsel.value


def same_site(cookie: "Morsel[str]") -> str:
    """Which other sites may send it; browsers do not look at the case."""
    return str(cookie["samesite"]).lower()


def without_token(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name != TOKEN_HEADER}


def test_login_answers_with_the_user_and_a_cookie(sessions: Service, account: Account) -> None:
    answer = login(sessions, account)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == USER
    assert answer.json()["id"] == account["id"]
    name, value = session_of(answer)
    cookie = doors.given(answer)[name]
    assert len(value) >= 20
    assert account["id"] not in value
    assert cookie["httponly"]
    assert (same_site(cookie), cookie["path"], cookie["domain"]) == ("lax", "/", "")
    assert bool(cookie["secure"]) == sessions.is_production
    assert name.startswith("__Host-") == sessions.is_production


@pytest.mark.daily("flask")
@pytest.mark.parametrize("combination", each(having("has_session", EVERY)))
def test_cookies_outside_production(combination: Combination, boot: Boot, tmp_path: Path) -> None:
    """A browser takes them over HTTP."""
    with beside(boot(combination), tmp_path, environment="development") as service:
        answer = login(service, new_account(service))
        for name, cookie in doors.given(answer).items():
            assert not name.startswith("__")
            assert not cookie["secure"]
            assert same_site(cookie) == "lax"


def test_the_token_comes_with_a_cookie(sessions: Service) -> None:
    with sessions.new_client() as client:
        answer = client.get(CSRF)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"csrf_token"}
    ((name, cookie),) = doors.given(answer).items()
    assert same_site(cookie) in ("lax", "strict")
    assert bool(cookie["secure"]) == sessions.is_production
    assert name.startswith("__Host-") == sessions.is_production
    assert "no-store" in answer.headers.get("cache-control", "") or "cookie" in (
        answer.headers.get("vary", "").lower()
    )


def test_the_session_changes_at_login(sessions: Service, account: Account) -> None:
    name, first = session_of(login(sessions, account))
    before = doors.with_token(sessions.client, {name: first})
    body = {"email": account["email"], "password": PASSWORD}
    name, second = session_of(sessions.client.post(LOGIN, json=body, headers=before))
    assert second != first
    planted = doors.with_token(sessions.client, {name: "a" * len(first)})
    assert session_of(sessions.client.post(LOGIN, json=body, headers=planted))[1] != "a" * len(
        first
    )


UNSAFE = [
    ("POST", f"{AUTH}/register"),
    ("POST", LOGIN),
    ("POST", f"{AUTH}/logout"),
    ("POST", f"{AUTH}/password/change"),
    ("POST", f"{AUTH}/password/forgot"),
    ("POST", f"{AUTH}/password/reset"),
    ("POST", USERS),
    ("PATCH", f"{USERS}/me"),
    ("DELETE", f"{USERS}/me"),
]


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize("token", [None, "", "x", "a" * 32, "a" * 64, "ü"])
def test_what_changes_something_needs_the_token(
    sessions: Service, visitor: Headers, method: str, path: str, token: str | None
) -> None:
    known = without_token(visitor) | ({} if token is None else {TOKEN_HEADER: token})
    headers = {name.encode(): value.encode() for name, value in known.items()}
    body = None if method == "DELETE" else somebody(True)
    with sessions.new_client() as client:
        problem(client.request(method, path, headers=headers, json=body), 403)
    assert me(sessions, visitor).status_code == 200


def test_a_token_without_its_cookie_is_refused(sessions: Service, account: Account) -> None:
    headers = {TOKEN_HEADER: sessions.anybody()[TOKEN_HEADER]}
    body = {"email": account["email"], "password": PASSWORD}
    with sessions.new_client() as client:
        problem(client.post(LOGIN, json=body, headers=headers), 403)
        others = {"Cookie": sessions.anybody()["Cookie"]}
        problem(client.post(LOGIN, json=body, headers={**others, **headers}), 403)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_origin_is_refused(sessions: Service, visitor: Headers, origin: str) -> None:
    headers = {**visitor, "Origin": origin}
    problem(sessions.client.patch(f"{USERS}/me", json={"age": 40}, headers=headers), 403)


def test_what_reads_needs_no_token(sessions: Service, visitor: Headers) -> None:
    with sessions.new_client() as client:
        assert client.get(f"{USERS}/me", headers=without_token(visitor)).status_code == 200


def test_logout_ends_the_session_on_the_server(
    sessions: Service, account: Account, signed_in: Headers
) -> None:
    other = sessions.sign_in(account["email"], PASSWORD)
    out = sessions.client.post(f"{AUTH}/logout", headers=signed_in)
    assert (out.status_code, out.content) == (204, b"")
    names = [name for name in kept(signed_in) if "csrf" not in name]
    assert [doors.values(out).get(name) for name in names] == [""]
    problem(me(sessions, signed_in), 401)
    assert me(sessions, other).status_code == 200


def test_a_new_password_ends_every_session_but_not_somebody_elses(
    sessions: Service, account: Account, signed_in: Headers
) -> None:
    stranger = sessions.sign_in(new_account(sessions)["email"], PASSWORD)
    done = change_password(sessions, signed_in, current_password=PASSWORD, password=OTHER)
    assert done.status_code == 204, done.text
    problem(me(sessions, signed_in), 401)
    assert me(sessions, stranger).status_code == 200
    again = sessions.sign_in(account["email"], OTHER)
    assert me(sessions, again).status_code == 200


@pytest.mark.parametrize("value", ["", "x", "a" * 32, "x" * 5000, "../x", "%00", "' OR 1=1"])
def test_a_session_that_is_none(sessions: Service, visitor: Headers, value: str) -> None:
    cookies = {name: each if "csrf" in name else value for name, each in kept(visitor).items()}
    with sessions.new_client() as client:
        answer = client.get(f"{USERS}/me", headers={"Cookie": doors.as_header(cookies)})
    assert answer.status_code == 401, answer.text
    assert "www-authenticate" not in answer.headers


def test_there_are_no_tokens(sessions: Service, signed_in: Headers) -> None:
    problem(sessions.client.post(f"{AUTH}/refresh", json={"refresh_token": "x"}), 404)
    assert "token" not in login(sessions, new_account(sessions)).text
    session = next(value for name, value in kept(signed_in).items() if "csrf" not in name)
    with sessions.new_client({"Authorization": f"Bearer {session}"}) as client:
        answer = client.get(f"{USERS}/me")
    assert answer.status_code == 401, answer.text
    assert "bearer" not in answer.headers.get("www-authenticate", "").lower()


def test_the_document_tells_of_the_token(sessions: Service) -> None:
    document = sessions.client.get("/openapi.json").json()
    assert re.search(TOKEN_HEADER, str(document), re.IGNORECASE)
    assert "bearer" not in str(document.get("components", {}).get("securitySchemes")).lower()
