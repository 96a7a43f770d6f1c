"""Users: creating, reading, changing, deleting, paging, searching and sorting."""

import re
import uuid
from typing import Any

import httpx2
import pytest

from .problems import USERS, pointers, problem, somebody
from .service import Service

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def create(service: Service, **changes: Any) -> dict[str, Any]:
    answer = service.admin().post(USERS, json=somebody(service.has_auth, **changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_user_as_it_is_shown(service: Service, admin: httpx2.Client) -> None:
    body = somebody(
        service.has_auth, name="  Ann  ", email=f"U{uuid.uuid4().hex}@Example.COM", age=None
    )
    answer = admin.post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    user = answer.json()
    extra = {"is_active", "is_admin"} if service.has_auth else set()
    assert set(user) == {"id", "name", "email", "age", "created_at", "updated_at"} | extra
    assert answer.headers["location"].endswith(f"{USERS}/{user['id']}")
    assert str(uuid.UUID(user["id"])) == user["id"]
    assert user["name"] == "Ann"
    assert user["email"] == body["email"].lower()
    assert user["age"] is None
    assert TIMESTAMP.fullmatch(user["created_at"])
    assert TIMESTAMP.fullmatch(user["updated_at"])
    assert admin.get(answer.headers["location"]).json() == user
    if service.has_auth:
        assert (user["is_active"], user["is_admin"]) == (True, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x"),
        ("name", " x "),
        ("name", "x" * 51),
        ("name", None),
        ("name", 12),
        ("email", "no-address"),
        ("email", "a@b"),
        ("email", "a b@example.com"),
        ("email", "x" * 250 + "@example.com"),
        ("email", None),
        ("age", -1),
        ("age", 151),
        ("age", 1.5),
        ("age", 30.0),
        ("age", True),
        ("age", "30"),
        ("age", []),
        ("id", str(uuid.UUID(int=1))),
        ("is_admin", True),
        ("is_active", False),
        ("created_at", "2026-01-01T00:00:00Z"),
    ],
)
def test_what_is_refused(service: Service, admin: httpx2.Client, field: str, value: Any) -> None:
    assert pointers(admin.post(USERS, json=somebody(service.has_auth, **{field: value}))) == [
        f"/{field}"
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "ab"), ("name", "é" * 50), ("name", "\U0001f600" * 50), ("age", 0), ("age", 150)],
)
def test_what_is_just_allowed(service: Service, field: str, value: Any) -> None:
    assert create(service, **{field: value})[field] == value


@pytest.mark.parametrize("password", ["x" * 11, "x" * 129, "password1234", "", None, 123456789012])
def test_passwords_that_are_refused(accounts: Service, password: Any) -> None:
    assert pointers(accounts.admin().post(USERS, json=somebody(True, password=password))) == [
        "/password"
    ]


@pytest.mark.parametrize(
    "password", ["q7! r8? s9. ", "é" * 127 + "e", "  spaces at the ends  ", "no password1234"]
)
def test_passwords_that_are_taken(accounts: Service, password: str) -> None:
    body = somebody(True, password=password)
    assert accounts.admin().post(USERS, json=body).status_code == 201
    login = {"email": body["email"].upper(), "password": password}
    assert accounts.client.post("/api/v1/auth/login", json=login).status_code == 200


def test_without_accounts_there_is_nothing_of_them(service: Service) -> None:
    if service.has_auth:
        pytest.skip("this one has accounts")
    assert pointers(service.client.post(USERS, json=somebody(False, password="x" * 20))) == [
        "/password"
    ]
    for path in (
        f"{USERS}/me",
        *(f"/api/v1/auth/{call}" for call in ("login", "register", "csrf")),
    ):
        problem(service.client.get(path), 404)


def test_an_email_is_taken_without_regard_to_case(service: Service, admin: httpx2.Client) -> None:
    user = create(service)
    problem(admin.post(USERS, json=somebody(service.has_auth, email=user["email"].upper())), 409)
    other = create(service)
    problem(admin.patch(f"{USERS}/{other['id']}", json={"email": user["email"].title()}), 409)
    assert admin.get(f"{USERS}/{other['id']}").json() == other


def test_changing_only_what_is_sent(service: Service, admin: httpx2.Client) -> None:
    user = create(service, age=30)
    path = f"{USERS}/{user['id']}"
    changed = admin.patch(path, json={"name": "Bea Other"}).json()
    assert changed == {**user, "name": "Bea Other", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > user["updated_at"]
    assert admin.patch(path, json={"age": None}).json()["age"] is None
    assert admin.patch(path, json={"email": user["email"]}).status_code == 200
    same = admin.patch(path, json={})
    assert same.status_code == 200
    assert {**same.json(), "updated_at": ""} == {**changed, "age": None, "updated_at": ""}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", None),
        ("email", None),
        ("password", "a new long password"),
        ("id", "x"),
        ("created_at", "x"),
        ("nothing", 1),
        ("age", "3"),
    ],
)
def test_changes_that_are_refused(
    service: Service, admin: httpx2.Client, field: str, value: Any
) -> None:
    user = create(service)
    assert pointers(admin.patch(f"{USERS}/{user['id']}", json={field: value})) == [f"/{field}"]
    assert admin.get(f"{USERS}/{user['id']}").json() == user


def test_deleting(service: Service, admin: httpx2.Client) -> None:
    user = create(service)
    path = f"{USERS}/{user['id']}"
    gone = admin.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    problem(admin.get(path), 404)
    problem(admin.patch(path, json={}), 404)
    problem(admin.delete(path), 404)
    assert create(service, email=user["email"])["id"] != user["id"]


def listing(admin: httpx2.Client, **query: Any) -> dict[str, Any]:
    answer = admin.get(USERS, params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    assert set(page) == {"items", "total", "limit", "offset"}
    return page


def test_paging(service: Service, admin: httpx2.Client) -> None:
    mark = uuid.uuid4().hex[:8]
    made = [create(service, name=f"{mark} {number}")["id"] for number in range(5)]
    assert (listing(admin)["limit"], listing(admin)["offset"]) == (20, 0)
    assert [user["id"] for user in listing(admin, search=mark)["items"]] == made
    pages = [
        listing(admin, search=mark, limit=2, offset=offset) for offset in (0, 2, 4, 6, 1_000_000)
    ]
    assert [user["id"] for page in pages for user in page["items"]] == made
    assert {page["total"] for page in pages} == {5}
    assert listing(admin, limit=100, offset=1_000_000)["items"] == []


@pytest.mark.parametrize("literal", ["100%", "a_b", "back\\slash", "'quote\"", "*star?", "[set]"])
def test_search_is_literal(service: Service, admin: httpx2.Client, literal: str) -> None:
    mark = uuid.uuid4().hex[:6]
    wanted = create(service, name=f"{mark}{literal}x")
    create(service, name=mark + re.sub(r"[\W_]", "Z", literal) + "x")
    found = listing(admin, search=f"{mark}{literal}")["items"]
    assert [user["id"] for user in found] == [wanted["id"]]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [("Zoë", "ZOË"), ("ÅNGSTRÖM", "ångström"), ("Ελλάδα", "ΕΛΛΆΔΑ"), ("Жанна", "жАННА")],
)
def test_search_without_regard_to_case(
    service: Service, admin: httpx2.Client, stored: str, asked: str
) -> None:
    mark = uuid.uuid4().hex[:6]
    wanted = create(service, name=f"{mark} {stored}")
    assert [user["id"] for user in listing(admin, search=f"{mark.upper()} {asked}")["items"]] == [
        wanted["id"]
    ]


def test_search_finds_emails(service: Service, admin: httpx2.Client) -> None:
    user = create(service)
    assert [
        found["id"] for found in listing(admin, search=user["email"][3:20].upper())["items"]
    ] == [user["id"]]


@pytest.mark.parametrize("field", ["name", "email", "created_at"])
def test_sorting(service: Service, admin: httpx2.Client, field: str) -> None:
    mark = uuid.uuid4().hex[:8]
    made = [
        create(service, name=f"{mark} {letter}", email=f"{mark}.{letter}@example.com")
        for letter in "bca"
    ]
    up = [user["id"] for user in listing(admin, search=mark, sort=field)["items"]]
    down = [user["id"] for user in listing(admin, search=mark, sort=f"-{field}")["items"]]
    assert up == [user["id"] for user in sorted(made, key=lambda user: user[field])]
    assert down == up[::-1]


def test_ties_are_broken_by_id(service: Service, admin: httpx2.Client) -> None:
    mark = uuid.uuid4().hex
    made = sorted(create(service, name=mark)["id"] for _ in range(6))
    pages = [
        listing(admin, search=mark, sort="name", limit=2, offset=offset) for offset in (0, 2, 4)
    ]
    assert [user["id"] for page in pages for user in page["items"]] == made


@pytest.mark.parametrize("name", ["Ärger", "ÉLODIE", "İstanbul", "ΟΔΥΣΣΕΥΣ", "Ёлка"])
def test_case_does_not_matter_in_any_script(
    service: Service, admin: httpx2.Client, name: str
) -> None:
    mark = uuid.uuid4().hex[:12]
    user = create(service, name=f"{name} {mark}")
    for text in (f"{name} {mark}", f"{name.lower()} {mark}", f"{name.swapcase()} {mark}"):
        assert admin.get(USERS, params={"search": text}).json()["items"] == [user], text
    if name == "ΟΔΥΣΣΕΥΣ":
        found = admin.get(USERS, params={"search": "ΔΥΣ"}).json()["items"]
        assert user in found
