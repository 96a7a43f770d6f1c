"""The least code for the calls that are measured: FastAPI, and SQL by asyncpg."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID, uuid4

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

USER = "id, name, email, age, is_active, is_admin, created_at, updated_at"
Row = dict[str, Any]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


async def caller(authorization: Annotated[str, Header()]) -> Row:
    claims = jwt.decode(
        authorization[7:],
        os.environ["SECRET_KEY"],
        algorithms=["HS256"],
        options={"verify_aud": False},
    )
    query = f"SELECT {USER} FROM users WHERE id = $1"
    return dict(await app.state.pool.fetchrow(query, UUID(claims["sub"])))


async def admin(user: Annotated[Row, Depends(caller)]) -> None:
    if not user["is_admin"]:
        raise HTTPException(403)


class Contact(BaseModel):
    name: str
    email: str


@app.get("/api/v1/users/me")
async def me(user: Annotated[Row, Depends(caller)]) -> Row:
    return user


@app.get("/api/v1/users", dependencies=[Depends(admin)])
async def users(limit: int = 20, offset: int = 0) -> Row:
    async with app.state.pool.acquire() as connection:
        total = await connection.fetchval("SELECT count(*) FROM users")
        query = f"SELECT {USER} FROM users ORDER BY created_at, id LIMIT $1 OFFSET $2"
        items = [dict(row) for row in await connection.fetch(query, limit, offset)]
    return {"items": items, "total": total, "limit": limit, "offset": offset}


@app.post("/api/v1/contacts", status_code=201, dependencies=[Depends(admin)])
async def create(data: Contact) -> Row:
    return dict(
        await app.state.pool.fetchrow(
            "INSERT INTO contacts (id, name, email, created_at, updated_at) "
            "VALUES ($1, $2, $3, now(), now()) RETURNING *",
            uuid4(),
            data.name,
            data.email,
        )
    )
