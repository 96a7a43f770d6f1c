"""A generated project as it is measured: in production settings, on a database of its own."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scaffold.errors import MeasuringFailed
from scaffold.growing import found
from scaffold.growing.found import Found
from scaffold.making import running
from scaffold.measuring import asking, serving
from scaffold.measuring.load import Call
from scaffold.measuring.serving import Served

# The feature whose rows are created: one with a unique address, and without a password to be hashed, which
# would take the same tens of milliseconds whatever the framework.
FEATURE = "contacts"
FIELDS = ("name:str", "email:email!")
LISTED = 20
LIVE = Call("live", asking.LIVE, needs_token=False)
ME = Call("me", "/api/v1/users/me")
LIST = Call("list", f"/api/v1/users?limit={LISTED}")
CREATE = Call("create", f"/api/v1/{FEATURE}", creates=True)
CALLS = (LIVE, ME, LIST, CREATE)
# What a service is given of the caller's environment: anything else there might be a setting of it.
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")
_EMAIL, _PASSWORD = "root@example.com", "vermilion otter, quilt 88"
# A statement for PostgreSQL by the project's own driver, as there is none here.
_SQL = """
import os, sys
url, statement = os.environ["URL"], sys.argv[1]
try:
    import psycopg
except ImportError:
    import asyncio, asyncpg
    async def value():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()
    print(asyncio.run(value()))
else:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        print(cursor.fetchone()[0] if cursor.description else None)
"""
_VERSIONS = """
import json, platform, sqlite3, sys
from importlib.metadata import PackageNotFoundError, version
found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""
_NAMED = (
    *("fastapi", "django", "flask", "uvicorn", "granian", "gunicorn", "sqlalchemy"),
    *("aiosqlite", "asyncpg", "psycopg"),
)


class Ready(NamedTuple):
    """A project with a migrated database and an administrator in it, to be served."""

    project: Found
    variables: Mapping[str, str]

    @property
    def server(self) -> str:
        """What serves it."""
        return str(self.project.answers.get("server", ""))

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(_python(self.project))

    @property
    def database_url(self) -> str:
        """Where its database is."""
        return self.variables["DATABASE_URL"]

    @property
    def creates(self) -> bool:
        """Whether it has the feature whose rows are created."""
        return (self.project.root / FEATURE).is_dir()


@contextmanager
def ready(folder: Path, server_url: str, scratch: Path) -> Iterator[Ready]:
    """Make a database for a project that is installed, gone when the block ends.

    It is a file in the folder `scratch`, or one on the server at a URL.

    Raises:
        MeasuringFailed: if that cannot be done.
    """
    project = found.find(folder)
    name = f"bench_{project.framework}_{secrets.token_hex(4)}"
    url = _url(server_url, name) if server_url else f"sqlite:///{scratch / name}.db"
    variables = _variables(url)
    made = Ready(project, variables)
    try:
        if server_url:
            run(made, "database")
        run(made, "migrate")
        named = ("--email", _EMAIL, "--name", "Root")
        run(made, "admin", *named, ADMIN_PASSWORD=_PASSWORD)
        yield made
    finally:
        if server_url:
            _sql(
                made, _url(server_url, "postgres"), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
            )


def run(made: Ready, *command: str, **extra: str) -> None:
    """Run a command of the project.

    Raises:
        MeasuringFailed: if it fails.
    """
    whole = [made.python, "-m", made.project.package, *command]
    ran = running.run(whole, made.project.folder, 120, {**made.variables, **extra})
    if ran.failure:
        framework = made.project.framework
        raise MeasuringFailed(f"{framework}: {command[0]} failed: {ran.failure}")


@contextmanager
def served(made: Ready, output: Path, core: int | None) -> Iterator[Served]:
    """Serve the project with one worker, until the block ends."""
    port = serving.free_port()
    command = [made.python, "-m", made.project.package, "serve"]
    environment = {**made.variables, "PORT": str(port)}
    with serving.served(command, made.project.folder, environment, port, output, core) as service:
        yield service


def token(port: int) -> str:
    """Return an administrator's access token."""
    credentials = {"email": _EMAIL, "password": _PASSWORD}
    return str(asking.ask(port, "POST", "/api/v1/auth/login", credentials)["access_token"])


def fill(port: int, token: str) -> None:
    """Make as many users as a page lists, the administrator among them."""
    for number in range(1, LISTED):
        user = {"name": f"User {number}", "email": f"user-{number}@example.com", "age": 30}
        asking.ask(port, "POST", "/api/v1/users", {**user, "password": _PASSWORD}, token)


def versions(made: Ready) -> dict[str, str]:
    """Return the versions of its interpreter, its framework and server, and of what reaches its database."""
    asked = [made.python, "-c", _VERSIONS, *_NAMED]
    found: dict[str, str] = json.loads(running.run(asked, made.project.folder, 60).output)
    if not made.database_url.startswith("sqlite"):
        del found["sqlite"]
        number = _sql(made, made.database_url, "SHOW server_version")
        found["postgresql"] = number.partition(" ")[0]
    return found


def _sql(made: Ready, url: str, statement: str) -> str:
    """Return the value of a statement; it is run also after a signal, when a database is to be dropped.

    Raises:
        MeasuringFailed: if it fails.
    """
    command = [made.python, "-c", _SQL, statement]
    return serving.at_last(command, made.project.folder, {**made.variables, "URL": url})


def _python(project: Found) -> Path:
    return project.folder / ".venv" / "bin" / "python"


def _url(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _variables(database_url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "ENVIRONMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_URL": "https://bench.example.com",
        # Nothing is mailed.
        "MAIL_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "bench@example.com",
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        # The token outlives the longest run.
        "ACCESS_TOKEN_MINUTES": "1440",
    }
