"""What the owner of a project adds to it: a table with data, a route, a dependency, settings of their own.

Up to 0.3.0 a feature with FastAPI or Flask was registered in several places; since then it is a line of FEATURES.
"""

import re
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conftest import commit
from generated.installed import surroundings

SECONDS = 900
SQLALCHEMY = '''"""The notes' table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base


class Note(Base):
    """A note."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(50))
'''
DJANGO = '''"""The notes' table."""

from django.db import models


class Note(models.Model):
    """A note."""

    text = models.CharField(max_length=50)

    class Meta:
        db_table = "notes"

    def __str__(self) -> str:
        return self.text
'''
FASTAPI_ROUTE = '''"""The notes over HTTP."""

from fastapi import APIRouter
from sqlalchemy import select

from .db import Session
from .note_models import Note

router = APIRouter(prefix="/notes", tags=["notes"])


@router.get("")
async def list_notes(session: Session) -> list[str]:
    """All notes."""
    return list(await session.scalars(select(Note.text)))
'''
FLASK_ROUTE = '''"""The notes over HTTP."""

from apiflask import APIBlueprint
from sqlalchemy import select

from .db import get_session
from .note_models import Note

notes = APIBlueprint("notes", __name__)


@notes.get("")
def list_notes() -> list[str]:
    """All notes."""
    return list(get_session().scalars(select(Note.text)))
'''
DJANGO_ROUTE = '''"""The notes over HTTP."""

from django.http import HttpRequest, JsonResponse

from .models import Note


def list_notes(_request: HttpRequest) -> JsonResponse:
    """All notes."""
    return JsonResponse(list(Note.objects.values_list("text", flat=True)), safe=False)
'''
NINJA_ROUTE = '''"""The notes over HTTP."""

from django.http import HttpRequest
from ninja import Router

from .models import Note

router = Router(tags=["notes"])


@router.get("", response=list[str])
def list_notes(request: HttpRequest) -> list[str]:
    """All notes."""
    return list(Note.objects.values_list("text", flat=True))
'''
FASTAPI_TEST = '''"""Notes."""

from httpx2 import AsyncClient


async def test_there_are_none(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/notes")).json() == []
'''
TEST = '''"""Notes."""

from {} import {}


def test_there_are_none(client: {}) -> None:
    assert client.get("/api/v1/notes").{} == []
'''
FLASK_ROUTE_BY_NAME = FLASK_ROUTE.replace(
    'notes = APIBlueprint("notes", __name__)',
    'blueprint = APIBlueprint("notes", __name__, url_prefix="/notes")',
).replace("@notes.", "@blueprint.")


def _in_a_package(text: str) -> str:
    return text.replace("from .db", "from ..db").replace("from .note_models", "from .models")


# The new files; and where in which files what is added, after the line that it begins with or before it.
NEW = {
    "fastapi": {
        "src/demo/note_models.py": SQLALCHEMY,
        "src/demo/note_routes.py": FASTAPI_ROUTE,
        "tests/test_notes.py": FASTAPI_TEST,
    },
    "flask": {
        "src/demo/note_models.py": SQLALCHEMY,
        "src/demo/note_views.py": FLASK_ROUTE,
        "tests/test_notes.py": TEST.format(
            "flask.testing", "FlaskClient", "FlaskClient", "get_json()"
        ),
    },
    "django": {
        "src/demo/notes/__init__.py": "",
        "src/demo/notes/models.py": DJANGO,
        "src/demo/notes/views.py": DJANGO_ROUTE,
        "src/demo/notes/migrations/__init__.py": "",
        "tests/test_notes.py": TEST.format("django.test", "Client", "Client", "json()"),
    },
}
NEW |= {
    "fastapi by name": {
        "src/demo/notes/__init__.py": "",
        "src/demo/notes/models.py": _in_a_package(SQLALCHEMY),
        "src/demo/notes/router.py": _in_a_package(FASTAPI_ROUTE),
        "tests/test_notes.py": NEW["fastapi"]["tests/test_notes.py"],
    },
    "flask by name": {
        "src/demo/notes/__init__.py": "",
        "src/demo/notes/models.py": _in_a_package(SQLALCHEMY),
        "src/demo/notes/views.py": _in_a_package(FLASK_ROUTE_BY_NAME),
        "tests/test_notes.py": NEW["flask"]["tests/test_notes.py"],
    },
    "django by name": {
        "src/demo/notes/__init__.py": "",
        "src/demo/notes/api.py": NINJA_ROUTE,
        "src/demo/notes/models.py": DJANGO,
        "src/demo/notes/migrations/__init__.py": "",
        "tests/test_notes.py": NEW["django"]["tests/test_notes.py"],
    },
}
# Up to 0.2.0 a tuple in one line; then a list with a line for each.
FEATURES = (
    "migrations/env.py",
    r"^(FEATURES = \([^)]*)(?=\))|^(    users_models,\n)(?=\])",
    lambda found: f"{found[1]}, note_models" if found[1] else f"{found[2]}    note_models,\n",
)
BY_NAME = ("src/demo/features.py", r'^(    "users",)$', r'\1\n    "notes",')
# How a feature is registered by its name, where that can be done.
NAMED = {
    "fastapi": [BY_NAME],
    "flask": [BY_NAME],
    "django": [
        ("src/demo/settings.py", r"^(    # Yours go to the end\.)$", r'\1\n    "demo.notes",'),
        (
            "src/demo/api.py",
            r'^(api\.add_router\("/users", "demo.users.api.router"\))$',
            r'\1\napi.add_router("/notes", "demo.notes.api.router")',
        ),
    ],
}
EDITS: dict[str, list[tuple[str, str, str | Callable[[re.Match[str]], str]]]] = {
    "fastapi": [
        (
            "src/demo/main.py",
            r"^(from \.middleware .*)$",
            r"\1\nfrom .note_routes import router as notes",
        ),
        (
            "src/demo/main.py",
            r"^(    return app)$",
            r"    app.include_router(notes, prefix=API)\n\1",
        ),
        (
            "migrations/env.py",
            r"^(from demo\.auth import .*)$",
            r"from demo import note_models\n\1",
        ),
        FEATURES,
    ],
    "flask": [
        ("src/demo/__init__.py", r"^(from \.settings .*)$", r"from .note_views import notes\n\1"),
        (
            "src/demo/__init__.py",
            r"^(    return app)$",
            r'    app.register_blueprint(notes, url_prefix=f"{API}/notes")\n\1',
        ),
        (
            "migrations/env.py",
            r"^(from demo\.auth import .*)$",
            r"from demo import note_models\n\1",
        ),
        FEATURES,
    ],
    "django": [
        ("src/demo/settings.py", r'^(    "demo\.users",)$', r'\1\n    "demo.notes",'),
        (
            "src/demo/urls.py",
            r"^(from \.environment .*)$",
            r"\1\nfrom .notes.views import list_notes",
        ),
        (
            "src/demo/urls.py",
            r'^(    path\("api/v1/", .*)$',
            r'    path("api/v1/notes", list_notes),\n\1',
        ),
    ],
}
ANYWHERE = [
    ("README.md", r"^(## Test)$", r"Our notes are at `/api/v1/notes`.\n\n\1"),
    (".env.example", r"^PORT=8000$", "PORT=8100"),
    ("Makefile", r"\Z", "\nhello:\n\t@echo hello\n"),
]
CONFLICT = re.compile(r"^<{7} .*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} .*\n", re.MULTILINE)
SETTINGS = {"django": "environment"}


@dataclass(frozen=True)
class Owner:
    """Works on a project named Demo, with SQLite and the commands of its Makefile."""

    project: Path
    framework: str

    def runs(self, *command: str, **variables: str) -> str:
        """Run a command that has to succeed, and return what it said."""
        done = subprocess.run(
            command,
            cwd=self.project,
            env=surroundings(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-8000:]}"
        return done.stdout

    def edits(self) -> None:
        """Write a feature, and change what every owner changes."""
        named, written = self._by_name(), self.framework
        written += " by name" if named else ""
        registered = NAMED[self.framework] if named else EDITS[self.framework]
        for path, text in NEW[written].items():
            (self.project / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project / path).write_text(text)
        settings = f"src/demo/{SETTINGS.get(self.framework, 'settings')}.py"
        port = (settings, r"Field\(8000, ", "Field(8100, ")
        limit = (settings, r"Field\(1_048_576, ", "Field(2_097_152, ")
        for path, pattern, with_ in [*registered, *ANYWHERE, port, limit]:
            file = self.project / path
            text, count = re.subn(pattern, with_, file.read_text(), count=1, flags=re.MULTILINE)
            assert count == 1, f"{path} has no {pattern}"
            file.write_text(text)

    def _by_name(self) -> bool:
        files = ((self.project / path, pattern) for path, pattern, _ in NAMED[self.framework])
        return all(
            file.exists() and re.search(pattern, file.read_text(), re.MULTILINE)
            for file, pattern in files
        )

    def works(self) -> None:
        """Install the project, add a feature with a migration and a dependency, and have data."""
        self.runs("uv", "add", "--quiet", "tabulate")
        self.edits()
        self.runs("make", "migrate")
        self.runs("make", "migration", "NAME=add notes")
        self.runs("make", "migrate")
        password = {"ADMIN_PASSWORD": "correct horse battery staple"}
        self.runs("make", "admin", "EMAIL=ann@example.com", "NAME=Ann Lee", **password)
        with sqlite3.connect(self.database) as connection:
            connection.execute("INSERT INTO notes (text) VALUES ('kept')")
        connection.close()
        commit(self.project, "Notes")

    @property
    def database(self) -> Path:
        """Where the data is."""
        (file,) = self.project.glob("*.db")
        return file

    def has(self) -> tuple[list[str], list[str]]:
        """The data: texts of notes, and addresses of users."""
        connection = sqlite3.connect(self.database)
        table = "users_user" if self.framework == "django" else "users"
        found = [
            [row[0] for row in connection.execute(query)]
            for query in ("SELECT text FROM notes", f"SELECT email FROM {table}")
        ]
        connection.close()
        return found[0], found[1]

    def resolves(self) -> list[str]:
        """Keep what both sides of each conflict have, and return the files."""
        listed = self.runs("git", "diff", "--name-only", "--diff-filter=U").split()
        for path in listed:
            file = self.project / path
            file.write_text(CONFLICT.sub(_both, file.read_text()))
        if listed:
            self.runs("git", "add", "--", *listed)
        return listed


def _both(conflict: re.Match[str]) -> str:
    mine, theirs = conflict.groups()
    own = "".join(line for line in mine.splitlines(keepends=True) if "note" in line)
    if "load(" not in theirs:
        return own + theirs
    # Where each feature had a line of its own, one says it of all of them now.
    if "MODELS" in theirs:
        return str(theirs).replace('load("models")', '[*load("models"), note_models]')
    return theirs + own
