"""Idempotency keys: a creating mutation that is repeated is done once, also for concurrent calls."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from models.db.clock import now
from models.idempotency_key import IdempotencyKey
from models.message import Message
from schema.mutation import declarations
from server.db.database import Database
from server.jobs.erasure import erase_due
from tests.cast import Cast
from tests.schema.asking import audited
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons

LIISA = {"email": "liisa@demo.example", "password": PASSWORD, "displayName": "Liisa Lisätty"}
REUSED = [("IDEMPOTENCY_KEY_REUSED", "input.idempotencyKey")]


def keyed(given: Payload, key: str | None = None) -> Payload:
    return given | {"idempotencyKey": key or str(uuid4())}


async def messages(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(Message)) or 0


def test_mutations_that_create_something_take_a_key() -> None:
    assert {name for name, declared in declarations().items() if "idempotency_key" in declared.fields} == {
        "sign_up",
        "email_change_request",
    }


async def test_same_call_again_is_done_once(cast: Cast, database: Database) -> None:
    before, given = await messages(database), keyed(LIISA)
    first, again = [await do(cast.client, "signUp", given) for _ in range(2)]
    assert first == again
    assert codes(again) == []
    assert await messages(database) == before + 1
    assert len(await audited(database, "account.signUp")) == 1
    assert codes(await do(cast.client, "signUp", keyed(LIISA))) == []
    assert await messages(database) == before + 2, "another key is another call"


@pytest.mark.parametrize("change", [{"password": PASSWORD + "!"}, {"displayName": "Lissu"}, {"language": "SV"}])
async def test_same_key_with_other_input_is_refused(cast: Cast, database: Database, change: Payload) -> None:
    given, before = keyed(LIISA), await messages(database)
    assert codes(await do(cast.client, "signUp", given)) == []
    assert reasons(await do(cast.client, "signUp", given | change)) == REUSED
    assert await messages(database) == before + 1


async def test_refused_call_leaves_its_key_free(cast: Cast) -> None:
    given = keyed(LIISA)
    assert reasons(await do(cast.client, "signUp", given | {"email": "x"})) == [("INVALID", "input.email")]
    assert codes(await do(cast.client, "signUp", given)) == []


@pytest.mark.parametrize("key", ["", "x" * 15, "x" * 201])
async def test_key_of_another_length_is_refused(cast: Cast, database: Database, key: str) -> None:
    before = await messages(database)
    payload = await do(cast.client, "signUp", LIISA | {"idempotencyKey": key})
    assert reasons(payload) == [("INVALID", "input.idempotencyKey")]
    assert await messages(database) == before


async def test_key_belongs_to_its_caller(cast: Cast, database: Database) -> None:
    given, before = keyed({"email": "uusi@muualla.example"}), await messages(database)
    for who in ("member", "manager", "member"):
        headers = {"Authorization": f"Bearer {cast.tokens[who]}"}
        payload = await do(cast.client, "emailChangeRequest", given, headers)
        assert (codes(payload), payload["account"]["id"]) == ([], cast.ids[who])
    assert await messages(database) == before + 2


async def test_key_expires_after_a_day(cast: Cast, database: Database) -> None:
    given, before = keyed(LIISA), await messages(database)
    assert codes(await do(cast.client, "signUp", given)) == []
    async with database.sessions.begin() as db:
        expires_at = (await db.scalars(select(IdempotencyKey.expires_at))).one()
        assert timedelta(hours=23, minutes=55) < expires_at - now() <= timedelta(hours=24)
        await db.execute(update(IdempotencyKey).values(expires_at=now()))
    assert codes(await do(cast.client, "signUp", given | {"displayName": "Lissu"})) == []
    assert await messages(database) == before + 2
    assert await rows(database) == 1
    async with database.sessions.begin() as db:
        await db.execute(update(IdempotencyKey).values(expires_at=now()))
    await erase_due(database)
    assert await rows(database) == 0


async def rows(database: Database) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


async def test_stored_key_holds_neither_secrets_nor_input(cast: Cast, database: Database) -> None:
    given = keyed(LIISA)
    assert codes(await do(cast.client, "signUp", given)) == []
    async with database.sessions() as db:
        stored = str((await db.execute(text("SELECT k::text FROM idempotency_keys AS k"))).scalar_one())
    for value in given.values():
        assert value not in stored
        assert value.encode().hex() not in stored


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.long)])
async def test_same_call_at_the_same_instant_is_done_once(cast: Cast, database: Database, rounds: int) -> None:
    for number in range(rounds):
        before, barrier = await messages(database), asyncio.Barrier(5)
        given = keyed(LIISA | {"email": f"liisa{number}@demo.example"})

        async def send(given: Payload = given, start: asyncio.Barrier = barrier) -> dict[str, Any]:
            await start.wait()
            return await do(cast.client, "signUp", given)

        payloads = await asyncio.gather(*(send() for _ in range(5)))
        assert [codes(payload) for payload in payloads] == [[]] * 5
        assert await messages(database) == before + 1
    assert len(await audited(database, "account.signUp")) == rounds
