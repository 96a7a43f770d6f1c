"""Databases of Alembic's projects whose answers change: migrated, used and migrated back."""

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from answering import facts
from combinations import Combination
from conftest import put
from migrating.project import Project

from .conftest import EVERY, Install, each, having
from .databases import database
from .installed import Installed
from .problems import PASSWORD, USERS
from .service import ADMIN_PASSWORD, running, settings_for

# A table of the owner's, beside what the template brings.
MODELS = '''"""What the owner has added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class Order(Base):
    """Somebody's order."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    placed_at: Mapped[datetime]
'''
MIGRATION = '''"""Orders."""

import sqlalchemy as sa
from alembic import op

revision: str = "4eaaf153a558"
down_revision: str = "{follows}"


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime({zone}), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_orders_user_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_orders_user_id"), "orders", ["user_id"])


def downgrade() -> None:
    op.drop_table("orders")
'''
VERSIONS = "migrations/versions/"
OWN = "migrations/versions/202611270303_4eaaf153a558_add_orders.py"
# A branch as an option of a later template brings it.
BRANCH = '''"""What an option adds."""

import sqlalchemy as sa
from alembic import op

revision: str = "9000"
down_revision: str | None = None
branch_labels: str = "later"
depends_on: str = "0001"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("later")
'''
# Migrates a database, holds it to the models, puts an order into it if it has none, and prints what is there.
LOOK = """
import asyncio
import contextlib
import json
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

main, db, settings, users, orders = (
    import_module(f"{sys.argv[1]}.{name}")
    for name in ("__main__", "db", "settings", "users.models", "orders.models")
)
main.migrate()
with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
    command.check(Config(toml_file="pyproject.toml"))
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA = UUID(int=1)

def look(connection):
    ordered = sa.select(orders.Order.id, users.User.name, orders.Order.placed_at).join(users.User)
    if not connection.execute(ordered).all():
        ada = {"id": ADA, "name": "Ada", "email": "ada@example.com"}
        connection.execute(sa.insert(users.User).values(**ada, created_at=AT, updated_at=AT))
        connection.execute(sa.insert(orders.Order).values(user_id=ADA, placed_at=AT))
        connection.commit()
    made = connection.execute(sa.select(users.User.created_at).where(users.User.id == ADA)).scalar_one()
    told = [[*row[:2], str(row[2]), str(made)] for row in connection.execute(ordered)]
    inspector = sa.inspect(connection)
    tables = {}
    for name in inspector.get_table_names():
        tables[name] = {
            "columns": sorted(str((c["name"], repr(c["type"]), c["nullable"], c["default"])) for c in inspector.get_columns(name)),
            "primary": str(inspector.get_pk_constraint(name)),
            "foreign": sorted(map(str, inspector.get_foreign_keys(name))),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
            "indexes": sorted(map(str, inspector.get_indexes(name))),
        }
    print(json.dumps({"orders": told, "tables": tables}))

async def look_async(engine):
    async with engine.connect() as connection:
        await connection.run_sync(look)
    await engine.dispose()

engine = db.create_engine(settings.load_settings())
if hasattr(engine, "sync_engine"):
    asyncio.run(look_async(engine))
else:
    with engine.connect() as connection:
        look(connection)
    engine.dispose()
"""


@dataclass(frozen=True)
class Place:
    """A project as it was once, in the environment of an installed one."""

    installed: Installed
    url: str
    folder: Path

    def on(self, url: str) -> "Place":
        """The same, with another database."""
        return Place(self.installed, url, self.folder)

    @property
    def variables(self) -> dict[str, str]:
        """What it runs with."""
        known = settings_for(self.installed, self.url, environment="test")
        return {**known, "PYTHONPATH": str(self.installed.root / "src"), "LOG_LEVEL": "error"}

    def run(self, *command: str, **more: str) -> str:
        """What a command prints, run by the project's Python."""
        done = self.installed.run(self.installed.python, *command, **{**self.variables, **more})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def alembic(self, *command: str) -> str:
        """Run Alembic."""
        return self.run("-m", "alembic", *command)

    def program(self, *command: str, **more: str) -> str:
        """Run a command of its own."""
        return self.run("-m", self.installed.combination.package, *command, **more)

    def migrated(self) -> dict[str, Any]:
        """Migrate, hold the schema to the models, and return its tables; the owner's order is as it was."""
        said = self.run("-c", LOOK, self.installed.combination.package)
        found = json.loads(said.splitlines()[-1])
        moment = "2026-01-02 03:04:05+00:00"
        assert found["orders"] == [[1, "Ada", moment, moment]]
        tables: dict[str, Any] = found["tables"]
        return tables

    def use(self, number: int) -> None:
        """Serve it, and add, list and remove users over HTTP."""
        if self.installed.combination.facts["has_auth"]:
            email = f"root{number}@example.com"
            self.program("admin", "--email", email, "--name", "Root", ADMIN_PASSWORD=ADMIN_PASSWORD)
        variables, serve = self.variables, (*self.installed.program, "serve")
        with running(self.installed, self.folder, variables, serve) as service:
            client = service.client
            new = {"name": "Ann", "email": f"ann{number}@example.com"}
            if service.has_auth:
                client = service.client_for(email, ADMIN_PASSWORD)
                new["password"] = PASSWORD
            made = client.post(USERS, json=new)
            assert made.status_code == 201, made.text
            listed = client.get(USERS).json()["items"]
            assert {"Ada", "Ann"} <= {user["name"] for user in listed}
            if service.has_auth:
                service.client_for(new["email"], PASSWORD)
            gone = client.delete(f"{USERS}/{made.json()['id']}")
            assert gone.status_code == 204, gone.text


@dataclass
class Shop:
    """A project of an owner who has orders, in memory; it is run in the environment of an installed one."""

    installed: Installed
    folder: Path
    project: Project = field(init=False)
    stops: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)

    def start(self, url: str, **state: Any) -> Place:
        """Make it with these answers, and add what is the owner's."""
        known = {**self.installed.combination.answers, "deploy": [], **state}
        self.project = Project({n: answer for n, answer in known.items() if answer is not None})
        files, package = self.project.files, self.installed.combination.package
        last = max(path.split("/")[2][:4] for path in files if path.startswith(VERSIONS))
        zone = "timezone=True" if known["database"] == "postgresql" else ""
        files[OWN] = MIGRATION.format(follows=last, zone=zone).encode()
        files[f"src/{package}/orders/__init__.py"] = b'"""Orders."""\n'
        files[f"src/{package}/orders/models.py"] = MODELS.encode()
        features = f"src/{package}/features.py"
        listed = b'    "users",\n]'
        assert listed in files[features]
        files[features] = files[features].replace(listed, b'    "users",\n    "orders",\n]')
        return self.at(url)

    def set(self, url: str, **state: Any) -> Place:
        """Change its answers."""
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        self.project.set(scratch, **state)
        return self.at(url)

    def at(self, url: str) -> Place:
        """Write it to a folder of its own."""
        self.stops += 1
        root = self.folder / f"stop{self.stops}"
        put(root, self.project.files)
        (root / ".venv").symlink_to(self.installed.root / ".venv")
        name, answers = self.installed.combination.name, self.project.answers
        made = Installed(Combination(name, answers, facts(answers)), root)
        return Place(made, url, self.folder)


def written(place: Place, message: str) -> tuple[str, str]:
    """The path and the text of the migration that Alembic writes."""
    versions = place.installed.root / "migrations" / "versions"
    before = set(versions.iterdir())
    place.alembic("revision", "--autogenerate", "--message", message)
    (made,) = (path for path in set(versions.iterdir()) - before if path.suffix == ".py")
    return f"migrations/versions/{made.name}", made.read_text()


def said(text: str, name: str) -> str:
    """What a migration says of itself."""
    (value,) = re.findall(rf"^{name}(?::.*?)? = (.*)$", text, re.MULTILINE)
    return str(value)


OFF: dict[str, Any] = {"auth": "none", "pages": None}
ALCHEMY, FLASK, FASTAPI = (
    having(fact, EVERY) for fact in ("has_sqlalchemy", "has_flask", "has_fastapi")
)
# What their accounts and SQLite need is installed in these.
SQLALCHEMY = each(having("has_auth", having("has_sqlite", ALCHEMY)))


def accounts_of(row: Combination) -> dict[str, Any]:
    """The answers that bring a project's accounts."""
    return {name: row.answers.get(name) for name in OFF}


@pytest.mark.daily("flask")
@pytest.mark.parametrize("row", SQLALCHEMY)
def test_accounts_come_and_go_and_come_back(
    install: Install, tmp_path: Path, row: Combination
) -> None:
    shop, on = Shop(install(row), tmp_path), accounts_of(row)
    url, other = (f"sqlite:///{tmp_path}/{name}.db" for name in ("old", "new"))
    without = shop.start(url, database="sqlite", **OFF).migrated()
    assert not without.keys() & {"attempts", "sessions", "refresh_tokens"}

    with_accounts = shop.set(url, **on)
    schema = with_accounts.migrated()

    none = shop.set(url, **OFF)
    assert none.migrated() == without
    none.use(1)

    again = shop.set(url, **on)
    assert again.migrated() == again.on(other).migrated() == schema
    again.use(2)

    # And all the way back, with the code of then.
    again.alembic("downgrade", "-1")
    assert none.migrated() == without
    none.alembic("downgrade", "-1")
    assert with_accounts.migrated() == schema
    with_accounts.alembic("downgrade", "base")


@pytest.mark.parametrize("row", SQLALCHEMY[:1])
def test_migrations_of_an_owner_follow_their_own(
    install: Install, tmp_path: Path, row: Combination
) -> None:
    shop, url = Shop(install(row), tmp_path), f"sqlite:///{tmp_path}/database.db"
    shop.start(url, database="sqlite", **OFF)

    # What was released before options had branches has followed the same migration.
    place = shop.set(url, **accounts_of(row))
    place.migrated()
    last = max(path.split("/")[2][:4] for path in shop.project.files if "versions/0" in path)
    path, text = written(place, "first")
    assert (said(text, "down_revision"), said(text, "depends_on")) == (
        '"4eaaf153a558"',
        f'"{last}"',
    )
    first = said(text, "revision")
    assert path > OWN

    branch = place.installed.root / "migrations" / "versions" / "9000_later.py"
    branch.write_text(BRANCH)
    place.program("migrate")
    path, text = written(place, "second")
    assert said(text, "down_revision") == first
    (place.installed.root / path).unlink()
    place.alembic("downgrade", "later@-1")
    branch.unlink()
    place.migrated()
    place.alembic("downgrade", first.strip('"'))


@pytest.mark.matrix
@pytest.mark.parametrize("row", each(having("has_jwt", having("has_postgresql", ALCHEMY))))
def test_a_project_moves_to_postgresql(install: Install, tmp_path: Path, row: Combination) -> None:
    """With a table of its own, whose moments were without a time zone."""
    installed, on = install(row), accounts_of(row)
    with ExitStack() as stack:
        urls = [stack.enter_context(database(row, tmp_path)) for _ in range(3)]
        without = Shop(installed, tmp_path / "none").start(urls[0], **OFF).migrated()
        schema = Shop(installed, tmp_path / "new").start(urls[1], **on).migrated()

        shop = Shop(installed, tmp_path / "moved")
        shop.start("", **on, database="sqlite")
        moved = shop.set(urls[2], database="postgresql")
        assert moved.migrated() == schema
        moved.use(1)
        none = shop.set(urls[2], **OFF)
        assert none.migrated() == without
        none.use(2)
        again = shop.set(urls[2], **on)
        assert again.migrated() == schema
        again.use(3)
        again.alembic("downgrade", "-2")
        assert moved.migrated() == schema


@pytest.mark.matrix
@pytest.mark.parametrize("row", each(having("has_pages", having("has_jwt", FLASK))))
def test_kinds_of_logins_take_turns(install: Install, tmp_path: Path, row: Combination) -> None:
    """On SQLite, which Python has: tokens, sessions, and both with pages."""
    shop, url = Shop(install(row), tmp_path), f"sqlite:///{tmp_path}/old.db"
    states: list[dict[str, Any]] = [
        {"auth": "jwt", "pages": "none"},
        {"auth": "session", "pages": "none"},
        {"auth": "jwt", "pages": "htmx"},
        {"auth": "jwt", "pages": "none"},
        {"auth": "session", "pages": "htmx"},
        {"auth": "jwt", "pages": "htmx"},
    ]
    shop.start(url, database="sqlite", **states[0]).migrated()
    for number, state in enumerate(states):
        place = shop.set(url, **state)
        fresh = Shop(shop.installed, tmp_path / f"fresh{number}")
        beside = fresh.start(f"sqlite:///{tmp_path}/{number}.db", database="sqlite", **state)
        assert place.migrated() == beside.migrated()
        place.use(number)


@pytest.mark.matrix
@pytest.mark.parametrize("row", each(having("has_session", FASTAPI)))
def test_tokens_and_sessions_take_turns(install: Install, tmp_path: Path, row: Combination) -> None:
    """In FastAPI each is of other libraries: here both are installed."""
    both = install(row).copied(tmp_path)
    added = both.run("uv", "add", "--quiet", "aiosqlite", "itsdangerous", "pyjwt")
    assert added.returncode == 0, added.stderr
    shop, url = Shop(both, tmp_path / "shop"), f"sqlite:///{tmp_path}/old.db"
    shop.start(url, database="sqlite", auth="jwt").migrated()
    for number, kind in enumerate(("session", "jwt", "session")):
        place = shop.set(url, auth=kind)
        fresh = Shop(both, tmp_path / f"fresh{number}")
        beside = fresh.start(f"sqlite:///{tmp_path}/{number}.db", database="sqlite", auth=kind)
        assert place.migrated() == beside.migrated()
        place.use(number)
