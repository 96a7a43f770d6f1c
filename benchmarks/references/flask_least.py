"""The least code for the calls that are measured: Flask, and SQL by psycopg with its pool."""

import os
from typing import Any
from uuid import uuid4

import jwt
from flask import Flask, abort, request
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

USER = "id, name, email, age, is_active, is_admin, created_at, updated_at"
Row = dict[str, Any]

app = Flask(__name__)
pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=10,
    max_size=10,
    kwargs={"row_factory": dict_row, "autocommit": True},
    open=True,
)


@app.get("/health/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


def caller(connection: Connection[DictRow]) -> Row:
    claims = jwt.decode(
        request.headers["authorization"][7:],
        os.environ["SECRET_KEY"],
        algorithms=["HS256"],
        options={"verify_aud": False},
    )
    row = connection.execute(f"SELECT {USER} FROM users WHERE id = %s", [claims["sub"]]).fetchone()
    return row or abort(401)


def admin(connection: Connection[DictRow]) -> None:
    if not caller(connection)["is_admin"]:
        abort(403)


@app.get("/api/v1/users/me")
def me() -> Row:
    with pool.connection() as connection:
        return caller(connection)


@app.get("/api/v1/users")
def users() -> Row:
    limit, offset = request.args.get("limit", 20, int), request.args.get("offset", 0, int)
    with pool.connection() as connection:
        admin(connection)
        counted = connection.execute("SELECT count(*) FROM users").fetchone() or {"count": 0}
        query = f"SELECT {USER} FROM users ORDER BY created_at, id LIMIT %s OFFSET %s"
        items = connection.execute(query, [limit, offset]).fetchall()
    return {"items": items, "total": counted["count"], "limit": limit, "offset": offset}


@app.post("/api/v1/contacts")
def create() -> tuple[Row, int]:
    data = request.get_json()
    with pool.connection() as connection:
        admin(connection)
        row = connection.execute(
            "INSERT INTO contacts (id, name, email, created_at, updated_at) "
            "VALUES (%s, %s, %s, now(), now()) RETURNING *",
            [uuid4(), data["name"], data["email"]],
        ).fetchone()
    return row or {}, 201
