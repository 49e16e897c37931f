"""Liveness does not need the database; readiness needs it with the current revision."""

import asyncpg
import httpx
import pytest

from server.app import create_app
from server.config.settings import Settings
from server.config.version import VERSION
from tests.server.conftest import client_of


async def test_healthy_server_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    for path, more in {"/healthz": {"version": VERSION}, "/readyz": {}}.items():
        response = await client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": "ok"} | more)
        assert (await client.head(path)).status_code == 200


async def test_a_database_of_a_newer_program_is_not_ready(client: httpx.AsyncClient, dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    try:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        reason = (await client.get("/readyz")).json()["reason"]
        assert "take the newer program" in reason
        assert "migrate" not in reason
    finally:
        await connection.execute("UPDATE alembic_version SET version_num = $1", revision)
        await connection.close()


async def test_server_without_database_is_alive_and_not_ready(settings: Settings) -> None:
    async with client_of(create_app(settings, "postgresql://omaposti:hush@127.0.0.1:1/omaposti")) as client:
        assert (await client.get("/healthz")).status_code == 200
        response = await client.get("/readyz")
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        assert response.json()["reason"].startswith("The database does not answer")
        assert "hush" not in response.text


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '0001'", "DELETE FROM alembic_version"])
async def test_other_tables_than_needed_are_not_ready(client: httpx.AsyncClient, dsn: str, change: str) -> None:
    connection = await asyncpg.connect(dsn)
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    try:
        await connection.execute(change)
        response = await client.get("/readyz")
        assert (response.status_code, "migrate" in response.json()["reason"]) == (503, True)
    finally:
        await connection.execute("DELETE FROM alembic_version")
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", revision)
        await connection.close()
    assert (await client.get("/readyz")).status_code == 200
