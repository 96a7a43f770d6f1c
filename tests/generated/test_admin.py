"""Django's admin: who comes in, that its pages work, and that it is not there where it is off."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import httpx2
import pytest

from . import doors
from .accounts import ADMIN, FORM, Account, by_form, entered, login, new_account
from .conftest import EVERY, Boot, having
from .problems import PASSWORD, USERS, problem, somebody
from .service import ADMIN_EMAIL, ADMIN_PASSWORD, Service

ASSET = re.compile(r"""(?:src|href)=["'](/[^"'?#]+\.(?:css|js|svg|png|ico))["']""")
HASHED = re.compile(r"\.[0-9a-f]{8,}\.\w+$")


@pytest.fixture(scope="session", params=having("has_admin", EVERY))
def office(request: pytest.FixtureRequest, boot: Boot) -> Service:
    """One service with the admin after the other."""
    return boot(request.param)


@pytest.fixture
def superuser(office: Service) -> httpx2.Client:
    """Who has come in by the admin's own form; the same one in every test."""
    key = f"{ADMIN_EMAIL} in the admin"
    if key not in office.signed_in:
        headers = entered(office, ADMIN_EMAIL, ADMIN_PASSWORD)
        assert headers is not None
        office.signed_in[key] = office.new_client(headers)
    return office.signed_in[key]


def promoted(service: Service) -> Account:
    """An administrator of its own."""
    account = new_account(service)
    path = f"{USERS}/{account['id']}"
    assert service.admin().patch(path, json={"is_admin": True}).status_code == 200
    return account


def listing_of_users(client: httpx2.Client) -> str:
    """Where the list of users is."""
    found = re.search(r'href="(/admin/\w+/user/)"', client.get(ADMIN).text)
    assert found is not None
    return found[1]


def pages(client: httpx2.Client) -> list[str]:
    """Every page that is linked from the first one and from the users, but the way out."""
    first = client.get(ADMIN).text
    users = client.get(listing_of_users(client)).text
    links = re.findall(r'href="(/admin/[^"]*)"', first + users)
    return sorted({ADMIN, *map(unescape, links)} - {"/admin/logout/"})


def test_whoever_is_not_logged_in_is_asked_to(office: Service) -> None:
    with office.new_client() as client:
        answer = client.get(ADMIN)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith(FORM)
        assert client.get(FORM).status_code == 200


def test_only_administrators_come_in(office: Service) -> None:
    account = new_account(office)
    assert entered(office, account["email"], PASSWORD) is None
    admin = promoted(office)
    assert entered(office, admin["email"], "not the password") is None
    headers = entered(office, admin["email"].upper(), PASSWORD)
    assert headers is not None
    with office.new_client(headers) as client:
        assert client.get(ADMIN).status_code == 200
        office.admin().patch(f"{USERS}/{admin['id']}", json={"is_admin": False})
        assert client.get(ADMIN).status_code == 302


def test_the_form_needs_its_token(office: Service) -> None:
    data = {"username": ADMIN_EMAIL, "password": ADMIN_PASSWORD, "next": ADMIN}
    with office.new_client() as client:
        answer = client.post(FORM, data=data)
    assert answer.status_code == 403
    assert not [name for name in doors.given(answer) if "csrf" not in name]


def test_its_cookie_is_for_https_alone(office: Service) -> None:
    answer, _ = by_form(office, ADMIN_EMAIL, ADMIN_PASSWORD)
    for name, cookie in doors.given(answer).items():
        assert name.startswith("__Host-") == office.is_production
        assert bool(cookie["secure"]) == office.is_production
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"] or "csrf" in name


@pytest.mark.parametrize("first", ["api", "form"])
def test_ten_failures_lock_every_door(office: Service, first: str) -> None:
    """They are counted by address, by whichever door they came."""
    admin = promoted(office)
    tries: list[Callable[[], httpx2.Response]] = [
        lambda: login(office, admin, "not the password"),
        lambda: by_form(office, admin["email"], "not the password")[0],
    ]
    for attempt in tries if first == "api" else reversed(tries):
        for _ in range(5):
            answer = attempt()
            assert answer.status_code != 302
    problem(login(office, admin), 429)
    answer, cookies = by_form(office, admin["email"], PASSWORD)
    assert answer.status_code in (200, 429)
    with office.new_client({"Cookie": doors.as_header(cookies)}) as client:
        assert client.get(ADMIN).status_code == 302
    assert entered(office, promoted(office)["email"], PASSWORD) is not None


def test_every_page_answers(superuser: httpx2.Client) -> None:
    linked = pages(superuser)
    assert len(linked) >= 4
    answers = {page: superuser.get(page).status_code for page in linked}
    assert set(answers.values()) == {200}, answers


def test_users_are_listed_and_searched(office: Service, superuser: httpx2.Client) -> None:
    mark = uuid.uuid4().hex[:12]
    bodies = [
        somebody(True, name=f"Wanted {mark}"),
        somebody(True, email=f"{mark}@example.com"),
        somebody(True),
    ]
    for body in bodies:
        assert office.admin().post(USERS, json=body).status_code == 201
    found = superuser.get(listing_of_users(superuser), params={"q": mark}).text
    assert [body["email"] in found for body in bodies] == [True, True, False]


def test_no_page_shows_a_hash(office: Service, superuser: httpx2.Client) -> None:
    user = new_account(office)
    path = f"{listing_of_users(superuser)}{user['id']}/change/"
    page = superuser.get(path)
    assert page.status_code == 200
    assert user["email"] in page.text
    assert "$argon2" not in page.text


def test_pages_have_the_headers_of_all_others(superuser: httpx2.Client) -> None:
    for page in pages(superuser):
        answer = superuser.get(page)
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy, page
        assert "unsafe-eval" not in policy, page
        assert "frame-ancestors 'none'" in policy, page
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        assert "no-store" in answer.headers["cache-control"], page


def test_assets_are_served_by_the_service_itself(office: Service, superuser: httpx2.Client) -> None:
    texts = [superuser.get(page).text for page in pages(superuser)]
    assets = sorted({asset for text in texts for asset in ASSET.findall(text)})
    assert any(asset.endswith(".css") for asset in assets)
    assert any(asset.endswith(".js") for asset in assets)
    for asset in assets:
        with office.new_client() as client:
            assert client.get(asset).status_code == 200, asset
        assert bool(HASHED.search(asset)) == office.is_production, asset
    external = re.compile(r"""(?:src|href)=["'](?:https?:)?//[^"']*\.(?:js|css)""")
    assert not any(external.search(text) for text in texts)


def test_where_it_is_off_there_is_nothing(service: Service) -> None:
    if service.facts["has_admin"]:
        pytest.skip("this one has it")
    for path in (ADMIN, "/admin", FORM):
        for method in ("GET", "POST"):
            problem(service.client.request(method, path), 404)
