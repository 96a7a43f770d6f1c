"""The database of a project: it grows with the models, and what is wrong with it is told apart."""

import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from psycopg import sql

from .conftest import EVERY, Install, each, having, lacking
from .databases import admin_connection, database, elsewhere
from .doors import LOGIN
from .installed import Installed, surroundings
from .problems import PASSWORD, USERS, problem
from .service import Service, running, settings_for

MODELS = {
    "django": """

class Visit(models.Model):
    begins_at = models.DateTimeField()
""",
    "flask": """

class Visit(Timestamps, Base):
    __tablename__ = "visits"

    begins_at: Mapped[int]
""",
}
MODELS["fastapi"] = MODELS["flask"]
PARENT_AND_CHILD = """

class Parent(Base):
    __tablename__ = "parents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Child(Base):
    __tablename__ = "children"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(sqlalchemy.ForeignKey("parents.id", ondelete="CASCADE"))
"""
SHIRT = """

class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Colour(enum.Enum):
    WHITE = "white"


class Shirt(Base):
    __tablename__ = "shirts"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[Size]
"""
ON_ALEMBIC = [entry for entry in EVERY if entry.values[0].framework != "django"]
ON_SERVERS = each(lacking("has_sqlite", EVERY), "has_mysql")
NOBODY = "nobody@example.com"


@pytest.fixture(params=each(EVERY, "has_sqlite", "has_mysql"))
def project(request: pytest.FixtureRequest, install: Install) -> Installed:
    """One for each framework and database."""
    return install(request.param)


@pytest.fixture
def url(project: Installed, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    with database(project.combination, tmp_path) as made:
        yield made


def copy(project: Installed, folder: Path) -> tuple[Installed, dict[str, str]]:
    """The project's files, to be changed, and what makes commands there use the environment that it has."""
    root = folder / "copy"
    shutil.copytree(project.root, root, ignore=shutil.ignore_patterns(".venv", ".git", "*.db*"))
    return Installed(project.combination, root), {
        "PYTHONPATH": str(root / "src"),
        "UV_NO_SYNC": "1",
        "UV_PROJECT_ENVIRONMENT": str(project.root / ".venv"),
    }


@dataclass(frozen=True)
class Workshop:
    """A copy of a project whose models change, with a database."""

    project: Installed
    variables: dict[str, str]

    @property
    def models(self) -> Path:
        return self.project.root / "src" / self.project.combination.package / "users" / "models.py"

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.project.run(*command, **self.variables, **more)

    def make(self, target: str, **more: str) -> None:
        done = self.run("make", target, **more)
        assert done.returncode == 0, done.stdout + done.stderr

    def migration(self, name: str) -> Path:
        """The file that `make migration` writes."""
        before = set(self.project.root.rglob("*.py"))
        self.make("migration", NAME=name)
        (written,) = set(self.project.root.rglob("*.py")) - before
        return written


@pytest.fixture
def workshop(project: Installed, tmp_path: Path, url: str) -> Workshop:
    changed, here = copy(project, tmp_path)
    return Workshop(changed, settings_for(project, url, environment="development") | here)


@pytest.mark.daily("django")
def test_a_new_model_gets_its_migration(workshop: Workshop) -> None:
    changed, make = workshop.project, workshop.make
    with workshop.models.open("a", encoding="utf-8") as file:
        file.write(MODELS[changed.combination.framework])

    make("migrate")
    written = workshop.migration("add visits")
    assert "begins_at" in written.read_text(encoding="utf-8")
    make("migrate")
    make("lint")

    make("migration", NAME="nothing else")
    for left in set(changed.root.rglob("*nothing*.py")):
        assert "op." not in left.read_text(encoding="utf-8")


@pytest.mark.daily("flask")
@pytest.mark.parametrize("project", each(having("has_sqlite", ON_ALEMBIC)), indirect=True)
def test_rows_stay_when_the_table_they_refer_to_is_made_anew(workshop: Workshop, url: str) -> None:
    models = workshop.models
    text = models.read_text(encoding="utf-8") + PARENT_AND_CHILD
    models.write_text(
        text.replace("from sqlalchemy import", "import sqlalchemy\nfrom sqlalchemy import", 1)
    )
    workshop.make("migrate")
    workshop.migration("add parents")
    workshop.make("migrate")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("INSERT INTO parents (id, name) VALUES (1, 'Ada')")
        connection.execute("INSERT INTO children (id, parent_id) VALUES (2, 1)")
        connection.commit()

        head, parents, child = models.read_text(encoding="utf-8").partition("class Parent")
        parents += child.replace("name: Mapped[str]", "name: Mapped[str | None]")
        models.write_text(head + parents, encoding="utf-8")
        assert "alter_column" in workshop.migration("nameless").read_text(encoding="utf-8")
        workshop.make("migrate")
        assert connection.execute("SELECT id, parent_id FROM children").fetchall() == [(2, 1)]

        forget = workshop.migration("forget parents")
        empty = forget.read_text(encoding="utf-8")
        deleting = empty.replace("pass", 'op.execute("DELETE FROM parents")', 1)
        forget.write_text(
            deleting.replace("\n\nrevision", "\n\nfrom alembic import op\n\nrevision", 1)
        )
        done = workshop.run("make", "migrate")
        assert done.returncode != 0
        assert "migrate: rows of children refer to parents that are not there" in done.stderr
        assert "Traceback" not in done.stderr
        assert connection.execute("SELECT id, name FROM parents").fetchall() == [(1, "Ada")]


@pytest.mark.parametrize("project", each(having("has_postgresql", ON_ALEMBIC)), indirect=True)
def test_types_of_enums_come_and_go_with_their_columns(workshop: Workshop) -> None:
    models = workshop.models
    text = models.read_text(encoding="utf-8").replace("\n\nfrom", "\n\nimport enum\n\nfrom", 1)
    models.write_text(text + SHIRT, encoding="utf-8")
    workshop.make("migrate")
    workshop.migration("add shirts")
    workshop.make("migrate")
    text = models.read_text(encoding="utf-8")
    text = text.replace('"large"\n', '"large"\n    HUGE = "huge"\n')
    models.write_text(f"{text}    colour: Mapped[Colour]\n", encoding="utf-8")
    written = workshop.migration("add colours").read_text(encoding="utf-8")
    assert "HUGE" in written
    assert "colour" in written
    workshop.make("migrate")
    for target in ("-1", "base"):
        done = workshop.run("uv", "run", "alembic", "downgrade", target)
        assert done.returncode == 0, done.stdout + done.stderr
        workshop.make("migrate")
    done = workshop.run("uv", "run", "alembic", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def asked(service: Service) -> httpx2.Response:
    """The answer to a call that needs the database."""
    if service.has_auth:
        return service.client.post(LOGIN, json={"email": NOBODY, "password": PASSWORD})
    return service.client.get(USERS)


def ask(service: Service) -> int:
    """Its status."""
    answer = asked(service)
    problem(answer, answer.status_code)
    return answer.status_code


@pytest.mark.daily("fastapi")
def test_without_its_tables_the_service_says_so(
    project: Installed, tmp_path: Path, url: str
) -> None:
    """What migrates may be under way, so waiting may help."""
    variables = settings_for(project, url, environment="development")
    with running(project, tmp_path, variables) as service:
        assert "make migrate" in problem(asked(service), 503)["detail"]
        service.stop()
        assert NOBODY not in service.printed()


@pytest.mark.parametrize("project", ON_SERVERS, indirect=True)
@pytest.mark.parametrize(
    "server", ["localhost:1", pytest.param("nowhere.invalid", marks=pytest.mark.matrix)]
)
def test_a_server_that_is_not_there(project: Installed, tmp_path: Path, server: str) -> None:
    variables = settings_for(
        project,
        elsewhere(project.combination, f"u@{server}/shop"),
        environment="development",
        DATABASE_TIMEOUT_SECONDS="1",
    )
    for command in ("migrate", "serve"):
        done = project.run(*project.program, command, **variables)
        assert done.returncode == 1
        assert "DATABASE_URL" in done.stderr
        assert "Traceback" not in done.stderr
    # In production the server may come later.
    variables |= settings_for(project, variables["DATABASE_URL"], environment="production")
    with running(project, tmp_path, variables) as service:
        problem(service.client.get("/health/ready"), 503)
        assert ask(service) == 503


@pytest.mark.daily("django")
def test_several_migrate_at_once(project: Installed, url: str) -> None:
    variables = settings_for(project, url, environment="test")
    if project.combination.framework == "django" and project.combination.facts["has_sqlite"]:
        pytest.skip("Django migrates a file without a lock")
    migrating = [
        subprocess.Popen(
            [*project.program, "migrate"],
            cwd=project.root,
            env=surroundings(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[0] for process in migrating]
    assert [process.returncode for process in migrating] == [0, 0, 0], said


@pytest.mark.parametrize("project", each(having("has_postgresql", EVERY)), indirect=True)
def test_who_may_not_create_tables_is_told_in_a_line(project: Installed, url: str) -> None:
    role = f"weak_{secrets.token_hex(4)}"
    with admin_connection() as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2]
            weak = parts._replace(netloc=f"{role}@{host}").geturl()
            variables = settings_for(project, weak, environment="test")
            done = project.run(*project.program, "migrate", **variables)
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("DATABASE_URL: ")
    assert "permission denied for schema public" in last


@pytest.mark.parametrize("project", having("has_django", EVERY), indirect=True)
def test_two_last_migrations_are_told_in_a_line(
    project: Installed, tmp_path: Path, url: str
) -> None:
    changed, here = copy(project, tmp_path)
    last = max(changed.root.rglob("users/migrations/0*.py"))
    text = last.read_text(encoding="utf-8")
    last.with_name(f"{last.stem}_again.py").write_text(text, encoding="utf-8")
    variables = settings_for(project, url, environment="test") | here
    done = changed.run("make", "migrate", **variables)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "multiple" in done.stderr.lower()
