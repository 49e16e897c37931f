"""Messages of the viewer, and the check that a message is genuine."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from auth.rate_limits import RateLimits
from models.account import Account, Language
from models.db.clock import now
from models.message import Message, MessageStatus
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import NOBODY, Cast
from tests.server.conftest import client_of
from tests.server.mail.messages import complete
from usecases.demo import DOMAIN
from usecases.mail.enqueue import NewMessage, Recipient, enqueue
from usecases.mail.message_kind import MessageKind

MESSAGES = """{ me { messages { totalCount nodes { kind subject sentTo status createdAt sentAt } } } }"""
VERIFY = "query($code: String!) { messageVerify(code: $code) { kind subject sentTo sentAt } }"
TO = Recipient(None, "a@b.fi", "a@b.fi", Language.FI, "A")


async def enqueued(
    database: Database, who: str, kind: MessageKind, email: str | None = None, sent: bool = True
) -> Message:
    """Enqueue a message to one of the cast, and record it as sent."""
    async with database.sessions.begin() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == f"{who}@{DOMAIN}"))).one()
        address = email or str(account.email)
        to = Recipient(account.id, address, address, account.language, account.display_name)
        enqueue(db, complete(kind, to), now())
        await db.flush()
        message = (await db.scalars(select(Message).order_by(Message.id.desc()).limit(1))).one()
        if sent:
            message.status, message.sent_at = MessageStatus.SENT, now()
    return message


async def listed(cast: Cast, who: str) -> dict[str, Any]:
    answer = await cast.ask(who, MESSAGES)
    assert "errors" not in answer, answer
    messages: dict[str, Any] = answer["data"]["me"]["messages"]
    return messages


async def test_own_messages_are_listed_newest_first_with_their_subjects(cast: Cast, database: Database) -> None:
    await enqueued(database, "member", MessageKind.PASSWORD_RESET)
    await enqueued(database, "member", MessageKind.PASSWORD_CHANGED, sent=False)
    await enqueued(database, "consumer", MessageKind.ACCOUNT_CLOSED)
    messages = await listed(cast, "member")
    assert [(it["kind"], it["subject"], it["status"]) for it in messages["nodes"]] == [
        ("PASSWORD_CHANGED", "Salasanasi vaihdettiin", "WAITING"),
        ("PASSWORD_RESET", "Aseta uusi salasana", "SENT"),
    ]
    assert messages["totalCount"] == 2
    assert {it["sentTo"] for it in messages["nodes"]} == {f"m…@{DOMAIN}"}
    assert [it["sentAt"] is None for it in messages["nodes"]] == [True, False]


async def test_message_to_an_unconfirmed_address_is_not_listed(cast: Cast, database: Database) -> None:
    """The presence of a confirmation message would reveal that the address has no other account (CVE-2026-39851)."""
    await enqueued(database, "member", MessageKind.EMAIL_CHANGE_CONFIRM, "wanted@posti.example")
    assert (await listed(cast, "member"))["totalCount"] == 0
    async with database.sessions.begin() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == f"member@{DOMAIN}"))).one()
        account.email = account.email_key = "wanted@posti.example"
    assert (await listed(cast, "member"))["totalCount"] == 1


async def test_a_message_is_found_by_its_code_however_it_is_typed(cast: Cast, database: Database) -> None:
    message = await enqueued(database, "manager", MessageKind.PASSWORD_CHANGED)
    code = message.verification_code
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        answer = await cast.ask(NOBODY, VERIFY, {"code": typed})
        found = answer["data"]["messageVerify"]
        assert found["kind"] == "PASSWORD_CHANGED"
        assert found["subject"] == "Ditt lösenord byttes"
        assert found["sentTo"] == f"m…@{DOMAIN}"
        assert found["sentAt"] is not None


@pytest.mark.parametrize("typed", ["", "x", "ABCDE-FGHJK-MNPQR", "-" * 5000, "💌", "AAAAA-AAAAA-AAAA%", "ſ" * 15])
async def test_unknown_code_finds_no_message(cast: Cast, typed: str) -> None:
    assert await cast.ask(NOBODY, VERIFY, {"code": typed}) == {"data": {"messageVerify": None}}


async def test_unsent_message_is_not_genuine_yet(cast: Cast, database: Database) -> None:
    message = await enqueued(database, "member", MessageKind.PASSWORD_CHANGED, sent=False)
    answer = await cast.ask(NOBODY, VERIFY, {"code": message.verification_code})
    assert answer["data"]["messageVerify"] is None


async def test_codes_cannot_be_tried_at_will(database: Database, dsn: str, settings: Settings) -> None:
    rate_limited = replace(settings, rate_limits=RateLimits(operation="3 per 15 minutes"))
    async with client_of(create_app(rate_limited, dsn)) as client:
        aliases = " ".join(f'a{number}: messageVerify(code: "x") {{ kind }}' for number in range(5))
        answer = (await client.post("/graphql", json={"query": f"{{ {aliases} }}"})).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["RATE_LIMITED"] * 2
    assert all(error["extensions"]["retryAfter"] > 0 for error in answer["errors"])


async def test_codes_differ_and_cannot_be_guessed(database: Database) -> None:
    async with database.sessions.begin() as db:
        for _ in range(200):
            enqueue(db, NewMessage(MessageKind.ACCOUNT_ERASED, TO), now())
    async with database.sessions() as db:
        codes = list(await db.scalars(select(Message.verification_code)))
    plain = [code.replace("-", "") for code in codes]
    assert len(set(codes)) == 200
    assert len({character for code in plain for character in code}) == 31
    assert {len(code) for code in plain} == {15}
