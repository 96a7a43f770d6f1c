"""The database of a project: it grows with the models, and what is wrong with it is told apart."""

import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from psycopg import sql

from .conftest import EVERY, Install, each, having
from .databases import admin_connection, database
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

class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    begins_at: Mapped[datetime]
""",
}
MODELS["fastapi"] = MODELS["flask"]
NOBODY = "nobody@example.com"


@pytest.fixture(params=each(EVERY, "has_sqlite"))
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


def test_a_new_model_gets_its_migration(project: Installed, tmp_path: Path, url: str) -> None:
    changed, here = copy(project, tmp_path)
    variables = settings_for(project, url, environment="development") | here
    models = changed.root / "src" / project.combination.package / "users" / "models.py"
    with models.open("a", encoding="utf-8") as file:
        file.write(MODELS[project.combination.framework])

    def make(target: str, **more: str) -> None:
        done = changed.run("make", target, **variables, **more)
        assert done.returncode == 0, done.stdout + done.stderr

    before = set(changed.root.rglob("*.py"))
    make("migrate")
    make("migration", NAME="add visits")
    (written,) = set(changed.root.rglob("*.py")) - before
    assert "begins_at" in written.read_text(encoding="utf-8")
    make("migrate")
    make("lint")

    make("migration", NAME="nothing else")
    for left in set(changed.root.rglob("*nothing*.py")):
        assert "op." not in left.read_text(encoding="utf-8")


def ask(service: Service) -> int:
    """The status of a call that needs the database."""
    if service.has_auth:
        answer = service.client.post(LOGIN, json={"email": NOBODY, "password": PASSWORD})
    else:
        answer = service.client.get(USERS)
    problem(answer, answer.status_code)
    return answer.status_code


def test_without_its_tables_the_service_fails(project: Installed, tmp_path: Path, url: str) -> None:
    """Waiting, which a 503 asks for, would not help."""
    variables = settings_for(project, url, environment="development")
    with running(project, tmp_path, variables) as service:
        assert ask(service) == 500
        service.stop()
        said = "no such table" if service.facts["has_sqlite"] else "does not exist"
        assert said in service.printed()
        assert NOBODY not in service.printed()


@pytest.mark.parametrize("project", each(having("has_postgresql", EVERY)), indirect=True)
@pytest.mark.parametrize("server", ["nowhere.invalid", "localhost:1"])
def test_a_server_that_is_not_there(project: Installed, tmp_path: Path, server: str) -> None:
    variables = settings_for(project, f"postgresql://u@{server}/shop", environment="development")
    done = project.run(*project.program, "migrate", **variables)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    with running(project, tmp_path, variables) as service:
        problem(service.client.get("/health/ready"), 503)
        assert ask(service) == 503


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


def test_several_heads_are_told_in_a_line(project: Installed, tmp_path: Path, url: str) -> None:
    changed, here = copy(project, tmp_path)
    last = max(changed.root.rglob("users/migrations/0*.py"), default=None)
    last = last or max((changed.root / "migrations" / "versions").glob("0*.py"))
    text = last.read_text(encoding="utf-8")
    if project.combination.framework != "django":
        text = re.sub(
            r'^revision: str = ".*"', 'revision: str = "another"', text, flags=re.MULTILINE
        )
    last.with_name(f"{last.stem}_again.py").write_text(text, encoding="utf-8")
    variables = settings_for(project, url, environment="test") | here
    done = changed.run("make", "migrate", **variables)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "multiple" in done.stderr.lower()
