"""Databases for services: a file, or one on the PostgreSQL server that the tests may use."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from combinations import Combination
from psycopg import sql
from recording import note

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")


@contextmanager
def database(combination: Combination, folder: Path) -> Iterator[str]:
    """The URL of a new and empty database, gone afterwards."""
    if combination.facts["has_sqlite"]:
        yield f"sqlite:///{folder / 'service.db'}"
        return
    name = f"test_{secrets.token_hex(6)}"
    with admin_connection() as connection:
        # In this locale the server itself knows the case of ASCII alone.
        statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
        version = connection.info.parameter_status("server_version") or ""
        note(combination, servers={"postgresql": version.partition(" ")[0]})
    try:
        yield f"{POSTGRES_URL.rstrip('/')}/{name}"
    finally:
        with admin_connection() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def admin_connection() -> psycopg.Connection:
    """A connection to the server's own database; skips the test where no server answers."""
    try:
        return psycopg.connect(
            f"{POSTGRES_URL.rstrip('/')}/postgres", autocommit=True, connect_timeout=5
        )
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL ({POSTGRES_URL}): {error}")
