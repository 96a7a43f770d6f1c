"""Databases for services: a file, or one on the PostgreSQL or MySQL server that the tests may use."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg
import pymysql
import pytest
from combinations import Combination
from psycopg import sql
from pymysql.cursors import Cursor
from recording import note

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
MYSQL_URL = os.environ.get("TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306")
PASSWORD = "s@cret/#1 %"


@contextmanager
def database(combination: Combination, folder: Path) -> Iterator[str]:
    """The URL of a new and empty database, gone afterwards."""
    if combination.facts["has_sqlite"]:
        yield f"sqlite:///{folder / 'service.db'}"
        return
    with unmade(combination) as url:
        name = url.rpartition("/")[2]
        if combination.facts["has_mysql"]:
            with mysql_admin() as cursor:
                # As servers of before compare: without regard to case, and in few languages.
                cursor.execute(f"CREATE DATABASE {name} CHARACTER SET latin1")
                cursor.execute(f"CREATE USER {name} IDENTIFIED BY %s", [PASSWORD])
                # Its own, and those that the project's tests make.
                cursor.execute(rf"GRANT ALL ON `test\_%%`.* TO {name}", [])
                cursor.execute("SELECT VERSION()")
                version, _, kind = str((cursor.fetchone() or [""])[0]).partition("-")
                server = "mariadb" if "MariaDB" in kind else "mysql"
        else:
            with admin_connection() as connection:
                # In this locale the server itself knows the case of ASCII alone.
                statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
                told = connection.info.parameter_status("server_version") or ""
                server, version = "postgresql", told.partition(" ")[0]
        note(combination, servers={server: version})
        if combination.facts["has_mysql"]:
            parts = urlsplit(url)
            login = f"{name}:{quote(PASSWORD, safe='')}"
            url = parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}").geturl()
        yield url


@contextmanager
def unmade(combination: Combination) -> Iterator[str]:
    """The URL of a database that is not there yet; whatever made it, it is gone afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    if combination.facts["has_mysql"]:
        with mysql_admin():
            pass
        try:
            yield f"{MYSQL_URL.rstrip('/')}/{name}"
        finally:
            with mysql_admin() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")
                cursor.execute(f"DROP USER IF EXISTS {name}")
        return
    admin_connection().close()
    try:
        yield f"{POSTGRES_URL.rstrip('/')}/{name}"
    finally:
        with admin_connection() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(name)))


def admin_url(combination: Combination) -> str:
    """The URL of the database that its server has of its own."""
    if combination.facts["has_mysql"]:
        return f"{MYSQL_URL.rstrip('/')}/mysql"
    return f"{POSTGRES_URL.rstrip('/')}/postgres"


def elsewhere(combination: Combination, place: str) -> str:
    """The URL of a database of its kind on another server, which is not asked."""
    scheme = "mysql" if combination.facts["has_mysql"] else "postgresql"
    return f"{scheme}://{place}"


def admin_connection() -> psycopg.Connection:
    """A connection to the server's own database; skips the test where no server answers."""
    try:
        return psycopg.connect(
            f"{POSTGRES_URL.rstrip('/')}/postgres", autocommit=True, connect_timeout=5
        )
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL ({POSTGRES_URL}): {error}")


@contextmanager
def mysql_admin() -> Iterator[Cursor]:
    """A cursor that may do everything; skips the test where no server answers."""
    parts = urlsplit(MYSQL_URL)
    told: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or 3306,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }
    try:
        connection = pymysql.connect(**told, connect_timeout=5, autocommit=True)
    except pymysql.OperationalError as error:
        pytest.skip(f"no MySQL at TEST_MYSQL_URL ({MYSQL_URL}): {error}")
    with connection, connection.cursor() as cursor:
        yield cursor
