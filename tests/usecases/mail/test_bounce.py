"""Bounces of real mail servers, and forged ones."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.db.clock import now
from models.message import Message
from server.db.database import Database
from tests.schema.asking import account_of, add_person, audited
from tests.server.mail.messages import enqueued, messages
from usecases.account.undeliverable import BELIEVED_FOR, record_bounces
from usecases.demo import DOMAIN
from usecases.mail.bounce import (
    LARGEST,
    NotABounceError,
    UnreadableBounceError,
    read_bounce,
)

VICTIM = f"victim@{DOMAIN}"
REPORT = """Return-Path: <>\r
Message-ID: <01234567-89ab-4def-8123-456789abcdef@mx.example>\r
From: MAILER-DAEMON@mx.example\r
To: no-reply@omaposti.example\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=us-ascii\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
Arrival-Date: Wed, 25 Nov 2026 05:00:00 +0200\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 no such user here\r
\r
--b\r
Content-Type: {returned}\r
\r
From: OmaPosti <no-reply@omaposti.example>\r
To: somebody\r
Message-ID: <{message_id}@omaposti.example>\r
Subject: Salasanasi on vaihdettu\r
\r
--b--\r
"""


async def report(database: Database, **facts: str) -> bytes:
    """Return a report on the message in the outbox."""
    (message,) = await messages(database)
    told = {
        "recipient": VICTIM,
        "action": "failed",
        "status": "5.1.1",
        "returned": "text/rfc822-headers",
        "message_id": str(message.id),
    }
    return REPORT.format(**(told | facts)).encode()


async def taken_in(database: Database, raw: bytes) -> int:
    async with database.sessions.begin() as db:
        return await record_bounces(db, read_bounce(raw), now())


async def is_undeliverable(database: Database) -> bool:
    return (await account_of(database, "victim")).email_undeliverable_at is not None


@pytest.fixture
async def sent(database: Database) -> Database:
    await add_person(database, VICTIM)
    await enqueued(database, VICTIM)
    return database


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
async def test_a_hard_bounce_marks_the_address_and_the_message_once(sent: Database, returned: str) -> None:
    raw = await report(sent, returned=returned)
    assert await taken_in(sent, raw) == 1
    assert await taken_in(sent, raw) == 1
    assert await is_undeliverable(sent)
    assert (await messages(sent))[0].bounced_at is not None
    (entry,) = await audited(sent, "email.undeliverable")
    assert (entry.actor_name, entry.changes) == ("mail", {"reason": "bounced: 5.1.1"})


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.7"), ("failed", "4.4.7"), ("failed", "5.2.2"), ("failed", "5.7.1"), ("relayed", "5.1.1")],
)
async def test_a_soft_bounce_marks_nothing(sent: Database, action: str, status: str) -> None:
    assert await taken_in(sent, await report(sent, action=action, status=status)) == 0
    assert not await is_undeliverable(sent)


async def test_a_forged_bounce_without_the_messages_id_is_not_believed(sent: Database) -> None:
    forged = await report(sent, message_id="01234567-89ab-7def-8123-456789abcdef")
    assert await taken_in(sent, forged) == 0
    assert not await is_undeliverable(sent)


async def test_bounce_of_another_recipient_marks_nothing(sent: Database) -> None:
    """The recipient of a message knows its id, and must not silence another person with it."""
    await add_person(sent, f"other@{DOMAIN}")
    assert await taken_in(sent, await report(sent, recipient=f"other@{DOMAIN}")) == 0
    assert (await account_of(sent, "other")).email_undeliverable_at is None


async def test_a_bounce_long_after_the_message_is_not_believed(sent: Database) -> None:
    raw = await report(sent)
    async with sent.sessions.begin() as db:
        await db.execute(update(Message).values(created_at=now() - BELIEVED_FOR - timedelta(days=1)))
    assert await taken_in(sent, raw) == 0
    assert not await is_undeliverable(sent)


async def test_bounce_of_a_former_address_does_not_mark_the_new_one(sent: Database) -> None:
    raw = await report(sent)
    async with sent.sessions.begin() as db:
        account = await db.merge(await account_of(sent, "victim"))
        account.email = account.email_key = f"moved@{DOMAIN}"
    await taken_in(sent, raw)
    assert (await account_of(sent, "moved")).email_undeliverable_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: Out of office\r\n\r\nBack on Monday.",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n",
        REPORT.replace("-89ab-", "-").replace("{message_id}", "no-id-of-ours").encode(),
    ],
)
def test_other_mail_is_not_a_bounce(raw: bytes) -> None:
    with pytest.raises(NotABounceError):
        read_bounce(raw)


async def test_damaged_report_never_raises_another_error(sent: Database) -> None:
    raw, chance = await report(sent), random.Random(12)
    for _ in range(300):
        damaged = bytearray(raw)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_bounce(bytes(damaged))
        except (NotABounceError, UnreadableBounceError):
            continue


START = b"""Content-Type: multipart/report; report-type=delivery-status; boundary=b0\r
Message-ID: <01234567-89ab-7def-8123-456789abcdef@omaposti.example>\r
\r
"""
STATUS = b"--b0\r\nContent-Type: message/delivery-status\r\n\r\n"
NESTED = b"".join(
    b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (depth, depth + 1) for depth in range(1000)
)
FAILED = b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
UNREADABLE = {
    "no status part": START + NESTED,
    "a thousand parts of messages": START + b"--b0\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "many parts": START + b"--b0\r\n\r\nx\r\n" * 500_000,
    "many recipients": START + STATUS + b"Action: failed\r\n\r\n" * 300_000,
    "long headers": START.replace(b"=b0", b"=b0" + b";\r\n a=x" * 300_000),
    "no boundary": START.replace(b"; boundary=b0", b""),
    "too large": START + bytes(LARGEST),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_report_that_no_mail_server_writes_is_refused(case: str) -> None:
    with pytest.raises(UnreadableBounceError):
        read_bounce(UNREADABLE[case])


@pytest.mark.parametrize("end", [b"\r\n--b0--\r\n", b""])
def test_parts_of_the_returned_message_are_not_read(end: bytes) -> None:
    """The report is read for any nesting depth of the returned message."""
    returned = b"\r\n--b0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n" + NESTED[NESTED.index(b"--b1\r") :]
    (bounce,) = read_bounce(START + STATUS + FAILED + returned + end)
    assert bounce.recipient_key == "a@b.example"


@pytest.mark.parametrize("odd", ["\0", "\xe4", "\x7f"])
async def test_undecodable_recipient_marks_nothing(odd: str, sent: Database) -> None:
    assert await taken_in(sent, await report(sent, recipient=VICTIM + odd)) == 0
