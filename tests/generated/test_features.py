"""Features that `scaffold feature` writes into a project: its own checks, and the contract over HTTP."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from growing.drawing import typed

from scaffold.growing import fields

from .accounts import entered
from .conftest import EVERY, Install, each, having
from .databases import database
from .installed import Installed, surroundings
from .problems import problem
from .service import ADMIN_EMAIL, ADMIN_PASSWORD, Service, serving, settings_for

pytestmark = pytest.mark.matrix

REGIONS, PARCELS, NOTES = "/api/v1/regions", "/api/v1/parcels", "/api/v1/notes"
TYPED = (
    "code:str:20!",
    "title:str?",
    "remark:text",
    "count:int!",
    "weight:decimal?",
    "fragile:bool",
    "sent_on:date",
    "arrived_at:datetime?",
    "token:uuid!",
    "contact:email!",
    "reply_to:email?",
    "state:enum:open,on-the-way,done",
    "region:ref:regions",
    "twin:ref:regions?!",
)
WRONG: dict[str, list[Any]] = {
    "str": [5, "", "   ", "x" * 256, "a\0b"],
    "text": [5, "", "a\0b"],
    "int": ["1", 1.5, True, 2**31, -(2**31) - 1],
    "decimal": [1.5, 1, "1.234", "NaN", "12345678901", "1e3", ""],
    "bool": ["true", 1],
    "date": ["2026-02-30", "20260101", 5, "2026-01-01T00:00:00Z"],
    "datetime": ["2026-01-01T00:00:00", "2026-01-01", 0, "1700000000"],
    "uuid": ["1", 5],
    "email": ["nobody", 5, "a@b"],
    "enum": ["none", "", 1],
    "ref": ["1", str(uuid4())],
}
# Those with the most that a feature can be part of.
CHOSEN = [
    *having("has_postgresql", having("has_fastapi", EVERY)),
    *sorted(
        EVERY,
        key=lambda entry: -sum(entry.values[0].facts[fact] for fact in ("has_admin", "has_pages")),
    ),
]


@dataclass
class Grown:
    """A service with features, whoever may write them, and what it takes to add one."""

    service: Service
    region: str

    @property
    def admin(self) -> httpx2.Client:
        return self.service.admin()

    def body(self, number: int) -> dict[str, Any]:
        return {
            "code": f"code {number}",
            "title": None,
            "remark": f"Żółw {number}%",
            "count": number,
            "weight": f"{number}.50",
            "fragile": True,
            "sent_on": f"2026-01-0{number}",
            "arrived_at": f"2026-01-01T0{number}:00:00Z",
            "token": str(uuid4()),
            "contact": f"name{number}.{uuid4().hex[:8]}@example.com",
            "reply_to": None,
            "state": "on-the-way",
            "region_id": self.region,
            "twin_id": None,
        }


@pytest.fixture(scope="module", params=each(CHOSEN, "has_auth", "has_drf"))
def project(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    """A copy of a project, with three features, and one of random fields that its own tests are about."""
    copy = install(request.param).copied(tmp_path_factory.mktemp("grown"))
    synced = copy.run("uv", "sync", "--locked", "--quiet")
    assert synced.returncode == 0, synced.stderr
    owner = ["--owner"] if copy.combination.facts["has_auth"] else []
    admin = ["--admin"] if copy.combination.facts["has_admin"] else []
    is_django = copy.combination.framework == "django"
    pages = ["--pages"] if copy.combination.facts["has_pages"] and is_django else []
    for arguments in (
        ["regions", "name:str", *admin, *pages],
        ["parcels", *TYPED, *admin, *pages],
        ["notes", "line:text", "region:ref:regions?", *owner, *admin, *pages],
        [*typed(Random(copy.combination.name)), *owner, *admin, *pages],
    ):
        done = subprocess.run(
            ["scaffold", "feature", *arguments, "--allow-dirty"],
            cwd=copy.root,
            env=surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture(scope="module")
def grown(project: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """That project, served."""
    with serving(project, tmp_path_factory.mktemp("service")) as service:
        region = service.admin().post(REGIONS, json={"name": "North"})
        assert region.status_code == 201, region.text
        yield Grown(service, region.json()["id"])


def test_the_project_passes_its_own_checks(project: Installed, tmp_path: Path) -> None:
    with database(project.combination, tmp_path) as url:
        done = project.run("make", "check", TEST_DATABASE_URL=url)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_migrations_make_what_the_models_say(project: Installed, tmp_path: Path) -> None:
    with database(project.combination, tmp_path) as url:
        variables = settings_for(project, url, environment="development")
        migrated = project.run("make", "migrate", **variables)
        assert migrated.returncode == 0, migrated.stdout + migrated.stderr
        is_django = project.combination.framework == "django"
        compare = "python manage.py makemigrations --check" if is_django else "alembic check"
        compared = project.run("uv", "run", *compare.split(), **variables)
        assert compared.returncode == 0, compared.stdout + compared.stderr


def test_what_is_added_is_read_changed_and_removed(grown: Grown) -> None:
    body = grown.body(1) | {"contact": "Somebody@Example.com"}

    added = grown.admin.post(PARCELS, json=body)
    path = added.headers["location"]

    expected = body | {"contact": "somebody@example.com"}
    assert added.status_code == 201
    assert added.json() == added.json() | expected
    assert grown.admin.get(path).json() == added.json()
    changed = grown.admin.patch(path, json={"title": " A title ", "weight": "-0.1"})
    assert changed.status_code == 200
    told = expected | {"title": "A title", "weight": "-0.10"}
    assert changed.json() == changed.json() | told
    assert grown.admin.patch(path, json={}).json() == changed.json()
    assert grown.admin.delete(path).status_code == 204
    problem(grown.admin.get(path), 404)
    problem(grown.admin.patch(path, json={}), 404)
    problem(grown.admin.delete(path), 404)


def test_a_list_is_paged_searched_and_sorted(grown: Grown) -> None:
    paths = [
        grown.admin.post(PARCELS, json=grown.body(number)).headers["location"]
        for number in (2, 3, 4)
    ]

    def codes(**query: Any) -> tuple[list[str], int]:
        answer = grown.admin.get(PARCELS, params=query)
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.json()["items"]], answer.json()["total"]

    assert codes(limit=2, sort="-count") == (["code 4", "code 3"], 3)
    assert codes(limit=2, offset=2, sort="-count") == (["code 2"], 3)
    assert codes(search="ŻÓŁW 3%") == (["code 3"], 1)
    assert codes(search="_") == ([], 0)
    for field in fields.fields(TYPED):
        if field.is_sorted:
            up, down = codes(sort=field.name)[0], codes(sort=f"-{field.name}")[0]
            assert sorted(up) == sorted(down) == ["code 2", "code 3", "code 4"]
            if field.name in ("code", "count", "weight", "sent_on", "arrived_at", "contact"):
                assert up == down[::-1] == ["code 2", "code 3", "code 4"]
    for query in ({"sort": "region_id"}, {"limit": 0}, {"limit": 101}, {"offset": -1}):
        found = problem(grown.admin.get(PARCELS, params=query), 422)
        assert [error["parameter"] for error in found["errors"]] == list(query)
    for path in paths:
        assert grown.admin.delete(path).status_code == 204


def test_what_is_wrong_is_refused_by_name(grown: Grown) -> None:
    path = grown.admin.post(PARCELS, json=grown.body(5)).headers["location"]
    body = grown.body(6)
    for field in fields.fields(TYPED):
        wrong = WRONG[field.kind] + ([] if field.is_optional else [None])
        for value in wrong:
            if field.length and value == "x" * 256:
                value = "x" * (field.length + 1)
            for answer in (
                grown.admin.post(PARCELS, json=body | {field.name: value}),
                grown.admin.patch(path, json={field.name: value}),
            ):
                found = problem(answer, 422)
                pointers = [error["pointer"] for error in found["errors"]]
                assert pointers == [f"/{field.name}"], (field, value)
        if not field.is_optional:
            less = {name: value for name, value in body.items() if name != field.name}
            found = problem(grown.admin.post(PARCELS, json=less), 422)
            assert [error["pointer"] for error in found["errors"]] == [f"/{field.name}"]
    for name in ("id", "created_at", "unknown"):
        found = problem(grown.admin.post(PARCELS, json=body | {name: None}), 422)
        assert [error["pointer"] for error in found["errors"]] == [f"/{name}"]
    assert grown.admin.delete(path).status_code == 204


def test_what_is_unique_belongs_to_one(grown: Grown) -> None:
    first = grown.body(7) | {"twin_id": grown.region}
    paths = [grown.admin.post(PARCELS, json=first).headers["location"]]
    paths.append(grown.admin.post(PARCELS, json=grown.body(8)).headers["location"])
    for field in fields.fields(TYPED):
        if field.is_unique:
            same = {field.name: first[field.name]}
            problem(grown.admin.post(PARCELS, json=grown.body(9) | same), 409)
            problem(grown.admin.patch(paths[1], json=same), 409)
    for path in paths:
        assert grown.admin.delete(path).status_code == 204


def test_what_is_referred_to_stays(grown: Grown) -> None:
    path = grown.admin.post(PARCELS, json=grown.body(1)).headers["location"]

    problem(grown.admin.delete(f"{REGIONS}/{grown.region}"), 409)

    assert grown.admin.get(f"{REGIONS}/{grown.region}").status_code == 200
    assert grown.admin.delete(path).status_code == 204


def test_everybody_reads_and_administrators_write(grown: Grown) -> None:
    if not grown.service.has_auth:
        pytest.skip("everybody writes too")
    with grown.service.new_client(grown.service.anybody()) as anybody:
        assert anybody.get(REGIONS).status_code == 200
        problem(anybody.post(REGIONS, json={"name": "South"}), 401)
        problem(anybody.get(NOTES), 401)


def test_rows_are_their_owners(grown: Grown) -> None:
    if not grown.service.has_auth:
        pytest.skip("nobody owns anything")
    user = _somebody(grown)
    theirs = grown.admin.post(NOTES, json={"line": "The administrator's"}).headers["location"]
    own = user.post(NOTES, json={"line": "Mine"}).headers["location"]

    assert [item["line"] for item in user.get(NOTES).json()["items"]] == ["Mine"]
    for answer in (user.get(theirs), user.patch(theirs, json={}), user.delete(theirs)):
        problem(answer, 404)
    problem(user.post(NOTES, json={"line": "x", "owner_id": str(uuid4())}), 422)
    assert grown.admin.get(own).status_code == 200
    problem(user.post(REGIONS, json={"name": "South"}), 403)


def test_the_admin_adds_what_the_api_reads(grown: Grown) -> None:
    if not grown.service.facts["has_admin"]:
        pytest.skip("there is no admin")
    cookies = entered(grown.service, ADMIN_EMAIL, ADMIN_PASSWORD)
    form = "/admin/regions/region/add/"
    with grown.service.new_client(cookies) as staff:
        for path in (form, "/admin/parcels/parcel/add/", "/admin/notes/note/add/"):
            assert staff.get(path).status_code == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', staff.get(form).text)
        assert token is not None
        data = {"csrfmiddlewaretoken": token[1], "name": "  From the admin "}
        assert staff.post(form, data=data).status_code == 302
        assert "From the admin" in staff.get("/admin/regions/region/?q=from").text
    found = grown.admin.get(REGIONS, params={"search": "From the admin"}).json()["items"]
    assert [each["name"] for each in found] == ["From the admin"]
    assert grown.admin.delete(f"{REGIONS}/{found[0]['id']}").status_code == 204


def test_pages_add_what_the_api_reads(grown: Grown) -> None:
    facts = grown.service.facts
    if not (facts["has_pages"] and facts["has_admin"]):
        pytest.skip("there are no pages, or no admin to come in by")
    with grown.service.new_client() as anybody:
        assert anybody.get("/regions").status_code == 200
        for path in ("/regions/add", "/notes"):
            assert anybody.get(path).status_code == 302
    cookies = entered(grown.service, ADMIN_EMAIL, ADMIN_PASSWORD)
    with grown.service.new_client(cookies) as member:
        assert "/parcels" in member.get("/profile").text
        token = re.search(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', member.get("/regions/add").text
        )
        assert token is not None
        data = {"csrfmiddlewaretoken": token[1], "name": "From a page"}
        assert member.post("/regions/add", data={"name": "Forged"}).status_code == 403
        assert member.post("/regions/add", data=data).status_code == 302
        found = grown.admin.get(REGIONS, params={"search": "a page"}).json()["items"]
        assert [each["name"] for each in found] == ["From a page"]
        assert found[0]["id"] in member.get("/regions", params={"search": "A PAGE"}).text
        page = f"/regions/{found[0]['id']}"
        assert member.post(f"{page}/delete", data=data).status_code == 302
        problem(grown.admin.get(f"{REGIONS}/{found[0]['id']}"), 404)


def _somebody(grown: Grown) -> httpx2.Client:
    email, password = f"{uuid4().hex}@example.com", "correct horse battery staple"
    made = grown.admin.post(
        "/api/v1/users", json={"name": "Somebody", "email": email, "password": password}
    )
    assert made.status_code == 201, made.text
    return grown.service.client_for(email, password)
