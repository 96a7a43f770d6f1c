"""What `docs/growing.md` of a FastAPI project shows, put into a feature as it stands there, and called."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from .accounts import new_account
from .conftest import EVERY, Install, each, having
from .databases import database
from .installed import Installed
from .problems import PASSWORD, USERS, problem, somebody
from .service import Service, serving, settings_for

pytestmark = pytest.mark.daily("fastapi")

NOTES = "/api/v1/notes"
IMPORTS = """\
from asyncio import sleep
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, BackgroundTasks, Form, Request, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from ..bodies import JSONRoute
from ..db import Base, DBSession, ReadSession, Timestamps
from ..errors import NotFound
from ..users.models import User
"""
WITH_ACCOUNTS = """\
from fastapi import Depends

from ..access import ADMIN, Account, Caller, current_user
"""
MODELS = """

class Draft(Timestamps, Base):
    __tablename__ = "drafts"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    owner: Mapped[User] = relationship()
"""
ROUTER = """
from . import models
from .models import *

router = APIRouter(prefix="/notes", tags=["notes"], route_class=JSONRoute)


@router.post("/lines")
async def lines(lines: list[str]) -> list[int]:
    return [len(line) for line in lines]


@router.post("/form")
async def form(line: Annotated[str, Form()]) -> int:
    return len(line)


@router.get("/later")
async def later(tasks: BackgroundTasks) -> None:
    tasks.add_task(sleep, 1)


@router.post("/small", max_body_size=10)
async def small(lines: list[str]) -> list[int]:
    return [len(line) for line in lines]


"""
ROUTES = """

class Owner(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    owner: Owner


@router.post("", status_code=201)
async def create(session: DBSession, caller: Caller) -> UUID:
    note = models.Note(text="A note", owner_id=caller.id)
    session.add(note)
    await session.commit()
    return note.id


@router.get("/{note_id:uuid}", response_model=Read)
async def read(note_id: UUID, session: ReadSession, caller: Caller) -> models.Note:
    return await models.get_note(session, caller, note_id)


@router.post("/unloaded", response_model=Read)
async def unloaded(session: DBSession, caller: Caller) -> models.Draft:
    draft = models.Draft(owner_id=caller.id)
    session.add(draft)
    await session.commit()
    return draft
"""


def grow(project: Installed) -> None:
    """Add a feature that is made of what the document shows, and do what it says."""
    document = (project.root / "docs/growing.md").read_text()
    shown = re.findall(r"```python\n(.+?)```", document, re.DOTALL)
    imports = IMPORTS
    feature = project.root / "src" / project.combination.package / "notes"
    feature.mkdir()
    (feature / "__init__.py").write_text("")
    if project.combination.facts["has_auth"]:
        imports += WITH_ACCOUNTS
        (feature / "models.py").write_text(imports + shown.pop(0) + MODELS)
        (feature / "router.py").write_text(imports + ROUTER + "\n\n".join(shown) + ROUTES)
    else:
        router = ROUTER.replace("from . import models\nfrom .models import *\n", "")
        (feature / "router.py").write_text(imports + router + "\n\n".join(shown))
    features = feature.parent / "features.py"
    line = re.compile(r'^    "users",\n', re.MULTILINE)
    listed, places = line.subn(r'\g<0>    "notes",\n', features.read_text())
    assert places == 1
    features.write_text(listed)


@pytest.fixture(
    scope="module",
    params=each(
        having("has_fastapi", EVERY), "has_auth", "has_session", "has_postgresql", "has_mysql"
    ),
)
def project(
    request: pytest.FixtureRequest, install: Install, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    """A copy of a project, with that feature."""
    copy = install(request.param).copied(tmp_path_factory.mktemp("grown"))
    added = copy.run("uv", "add", "--quiet", "python-multipart")
    assert added.returncode == 0, added.stderr
    grow(copy)
    with database(copy.combination, tmp_path_factory.mktemp("database")) as url:
        variables = settings_for(copy, url, environment="development")
        for command in (["migrate"], ["migration", "NAME=add notes"]):
            done = copy.run("make", *command, **variables)
            assert done.returncode == 0, done.stdout + done.stderr
    return copy


@pytest.fixture(scope="module")
def grown(project: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """That project, served."""
    with serving(project, tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="module")
def anybody(grown: Service) -> Iterator[httpx2.Client]:
    """Somebody who is not logged in."""
    with grown.new_client(grown.anybody()) as client:
        yield client


def logged(service: Service, path: str) -> dict[str, Any]:
    """The line about a request, which comes when all of it is done."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in service.printed().splitlines():
            if line.startswith("{") and (entry := json.loads(line)).get("path") == path:
                assert isinstance(entry, dict)
                return entry
        time.sleep(0.1)
    pytest.fail(f"nothing was logged about {path}: {service.printed()}")


def test_it_passes_the_types(project: Installed) -> None:
    done = project.run("make", "types")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_upload_has_a_limit_of_its_own(grown: Service) -> None:
    client, path = grown.admin(), f"{NOTES}/picture"

    def sent(size: int) -> httpx2.Response:
        return client.post(path, files={"file": b"x" * size})

    assert sent(4_900_000).json() == {"size": 4_900_000}
    assert "MAX_BODY_BYTES" not in problem(sent(5_000_001), 413)["detail"]
    assert "MAX_BODY_BYTES" in problem(client.post(USERS, content=b"x" * 1_048_577), 413)["detail"]
    found = problem(client.post(path, files={"picture": b"x"}), 422)
    assert found["errors"][0]["pointer"] == "/file"


def test_a_smaller_limit_answers_alike(anybody: httpx2.Client) -> None:
    path = f"{NOTES}/small"
    headers = {"Content-Type": "application/json"}
    for body in (b'["123456"]', iter([b'["123', b'456"]'])):
        assert anybody.post(path, content=body, headers=headers).json() == [6]
    for body in (b'["1234567"]', iter([b'["1234', b'567"]'])):
        found = problem(anybody.post(path, content=body, headers=headers), 413)
        assert found["detail"] == "The body is larger than 10 bytes."


def test_forms_and_lists_are_taken(anybody: httpx2.Client) -> None:
    assert anybody.post(f"{NOTES}/form", data={"line": "Ada"}).json() == 3
    assert anybody.post(f"{NOTES}/lines", json=["Ada", ""]).json() == [3, 0]
    found = problem(anybody.post(f"{NOTES}/lines", json=["Ada", 1]), 422)
    assert [error["pointer"] for error in found["errors"]] == ["/1"]
    problem(anybody.post(f"{NOTES}/lines", content=b"[]"), 415)


def test_a_task_comes_after_the_answer(grown: Service) -> None:
    admin = grown.admin()
    user = admin.post(USERS, json=somebody(grown.has_auth)).json()
    assert admin.post(f"{NOTES}/welcome/{user['id']}").status_code == 202
    logged(grown, f"{NOTES}/welcome/{user['id']}")
    assert any(
        '"welcome"' in line and user["name"] in line for line in grown.printed().splitlines()
    )


def test_the_duration_ends_with_the_answer(grown: Service) -> None:
    assert grown.client.get(f"{NOTES}/later").status_code == 200
    assert logged(grown, f"{NOTES}/later")["duration_ms"] < 900


def test_a_route_of_one_word_is_called_after_its_feature(grown: Service) -> None:
    paths = grown.client.get("/openapi.json").json()["paths"]
    assert paths[f"{NOTES}/picture"]["post"]["operationId"] == "upload_notes"
    assert paths[USERS]["post"]["operationId"] == "create_user"


def test_rows_are_their_owners(grown: Service) -> None:
    if not grown.has_auth:
        pytest.skip("without accounts nobody owns anything")
    account, other = new_account(grown), new_account(grown)
    owner, stranger = (grown.client_for(it["email"], PASSWORD) for it in (account, other))
    path = f"{NOTES}/{owner.post(NOTES).json()}"
    assert owner.get(path).json() == {"owner": {"name": account["name"]}}
    problem(stranger.get(path), 404)


def test_the_log_says_which_relationship_was_not_loaded(grown: Service) -> None:
    if not grown.has_auth:
        pytest.skip("without accounts nobody owns anything")
    problem(grown.admin().post(f"{NOTES}/unloaded"), 500)
    logged(grown, f"{NOTES}/unloaded")
    assert "`selectinload` does" in grown.printed()
