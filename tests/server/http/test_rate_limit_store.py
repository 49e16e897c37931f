"""An unresponsive store of rate limits delays the counted callers, but holds no transaction open (B82)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import httpx
import pytest

from auth import rate_limiter
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.schema.asking import add_person, sign_in
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do
from tests.server.conftest import client_of

# A transaction is idle for a moment between its statements; the store is silent far longer.
HELD = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '100 ms'"""
LIISA = "liisa@demo.example"
ASKING_FOR_MAIL = {
    "passwordResetRequest": {"email": LIISA},
    "emailConfirmationResend": {"email": LIISA},
    "signUp": {"email": LIISA, "password": PASSWORD, "displayName": "Liisa Lisätty"},
    "emailChangeRequest": {"email": "uusi@demo.example"},
}


@asynccontextmanager
async def silent_store() -> AsyncIterator[str]:
    """Listen as a store that never answers, and yield its address."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"


@pytest.fixture
async def client(
    database: Database, dsn: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of an application whose store of rate limits is silent."""
    monkeypatch.setattr(rate_limiter, "STORE_TIMEOUT", 0.3)
    monkeypatch.setattr(rate_limiter, "STORE_REST", 0.0)  # so that the store is asked each time
    await add_person(database, LIISA)
    async with (
        silent_store() as url,
        client_of(create_app(replace(settings, rate_limit_url=url), dsn)) as client,
    ):
        yield client


async def test_b82_transaction_is_closed_while_the_store_is_waited_for(client: httpx.AsyncClient, dsn: str) -> None:
    token = (await sign_in(client, LIISA)).json()["data"]["signIn"]["accessToken"]

    async def ask(kind: str) -> Payload:
        return await do(client, kind, ASKING_FOR_MAIL[kind], {"Authorization": f"Bearer {token}"})

    asked = asyncio.gather(*map(ask, ASKING_FOR_MAIL))
    connection = await asyncpg.connect(dsn)
    try:
        looks = 0
        while not asked.done():
            assert await connection.fetchval(HELD) == 0
            looks += 1
            await asyncio.sleep(0.01)
    finally:
        await connection.close()
    assert looks > 20
    assert [codes(payload) for payload in await asked] == [[]] * 4, "each process counts for itself meanwhile"
