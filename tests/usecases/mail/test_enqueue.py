"""Messages enter the outbox with the facts that their kind needs, and once for each person of a campaign."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from models.account import Account, AccountStatus, Language
from models.db.clock import now
from models.message import Message
from server.db.database import Database
from tests.schema.asking import add_person
from tests.server.mail.messages import TOKEN, complete
from usecases.mail.enqueue import NewMessage, Recipient, enqueue, enqueue_in_campaign, recipient
from usecases.mail.message_kind import MessageKind

TO = Recipient(None, "a@b.fi", "a@b.fi", Language.FI, "A")


@pytest.mark.parametrize("kind", MessageKind)
def test_message_is_refused_without_its_token_or_with_a_needless_one(kind: MessageKind) -> None:
    wrong_token = None if kind.any_link else TOKEN
    with pytest.raises(ValueError, match="token"):
        replace(complete(kind, TO), token=wrong_token)


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.facts])
def test_message_is_refused_without_a_fact_that_its_kind_needs(kind: MessageKind) -> None:
    whole = complete(kind, TO)
    for missing in kind.facts:
        facts = {name: value for name, value in whole.facts.items() if name != missing}
        with pytest.raises(ValueError, match=missing):
            replace(whole, facts=facts)


@pytest.mark.parametrize("kind", MessageKind)
def test_message_is_refused_with_a_fact_that_its_kind_does_not_tell(kind: MessageKind) -> None:
    whole = complete(kind, TO)
    with pytest.raises(ValueError, match="password"):
        replace(whole, facts={**whole.facts, "password": "x"})


async def person(database: Database, email: str) -> Recipient:
    await add_person(database, email, status=AccountStatus.ACTIVE)
    async with database.sessions() as db:
        return recipient((await db.scalars(select(Account).where(Account.email_key == email))).one())


async def add_once(database: Database, message: NewMessage, campaign: UUID) -> bool:
    async with database.sessions.begin() as db:
        return await enqueue_in_campaign(db, message, campaign, now())


async def kept(database: Database) -> list[tuple[str, str]]:
    async with database.sessions() as db:
        rows = await db.execute(select(Message.email, Message.kind).order_by(Message.id))
        return [(email, kind) for email, kind in rows]


async def test_person_gets_one_message_of_a_campaign_of_any_kind(database: Database) -> None:
    liisa, jussi = await person(database, "liisa@x.example"), await person(database, "jussi@x.example")
    one, other = uuid7(), uuid7()
    first, second = complete(MessageKind.ADMINISTRATOR_VACANT, liisa), complete(MessageKind.EMAIL_PROOF, liisa)
    assert await add_once(database, first, one)
    assert not await add_once(database, first, one)
    assert not await add_once(database, second, one)
    assert await add_once(database, second, other)
    assert await add_once(database, complete(MessageKind.ADMINISTRATOR_VACANT, jussi), one)
    assert await kept(database) == [
        ("liisa@x.example", "ADMINISTRATOR_VACANT"),
        ("liisa@x.example", "EMAIL_PROOF"),
        ("jussi@x.example", "ADMINISTRATOR_VACANT"),
    ]


async def test_second_message_of_a_campaign_leaves_the_transaction_whole(database: Database) -> None:
    liisa, campaign = await person(database, "liisa@x.example"), uuid7()
    message = complete(MessageKind.ADMINISTRATOR_VACANT, liisa)
    async with database.sessions.begin() as db:
        added = [await enqueue_in_campaign(db, message, campaign, now()) for _ in range(2)]
        enqueue(db, complete(MessageKind.EMAIL_PROOF, liisa), now())
    assert added == [True, False]
    assert [kind for _, kind in await kept(database)] == ["ADMINISTRATOR_VACANT", "EMAIL_PROOF"]


async def test_two_senders_of_a_campaign_add_one_message(database: Database) -> None:
    liisa, campaign = await person(database, "liisa@x.example"), uuid7()
    message = complete(MessageKind.ADMINISTRATOR_VACANT, liisa)
    added = await asyncio.gather(*(add_once(database, message, campaign) for _ in range(5)))
    assert sorted(added) == [False] * 4 + [True]
    assert len(await kept(database)) == 1


async def test_message_of_a_campaign_needs_an_account(database: Database) -> None:
    with pytest.raises(ValueError, match="account"):
        await add_once(database, complete(MessageKind.ADMINISTRATOR_VACANT, TO), uuid7())


async def test_messages_without_a_campaign_are_not_limited(database: Database) -> None:
    liisa = await person(database, "liisa@x.example")
    async with database.sessions.begin() as db:
        for _ in range(2):
            enqueue(db, complete(MessageKind.EMAIL_PROOF, liisa), now())
    assert len(await kept(database)) == 2
