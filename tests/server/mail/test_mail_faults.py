"""Fault F10: a mail server that is down, slow, delays and drops at random; no message is lost or sent twice."""

import json
import random
import time
from contextlib import suppress

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import update

from models.db.clock import now
from models.message import Message, MessageStatus
from server.db.database import Database
from server.mail.transports import TransportUnavailableError
from tests.server.mail.mail_server import MailServer, drop, mail_server, put_off, take_and_drop
from tests.server.mail.messages import enqueued, messages, statuses, worker_for


async def weather(database: Database, count: int, seed: int) -> None:
    """Send messages through all these faults, then check each; print the figures as a line of JSON."""
    chance = random.Random(seed)

    async def by_chance(mails: MailServer, server: SMTP, envelope: Envelope) -> str | None:
        step = chance.choices([None, put_off, drop, take_and_drop], [6, 3, 1, 1])[0]
        return None if step is None else await step(mails, server, envelope)

    for number in range(count):
        await enqueued(database, f"liisa{number}@posti.example")
    mails, began, outages = MailServer(at_data=by_chance), time.monotonic(), 0
    while "WAITING" in await statuses(database):
        async with database.sessions.begin() as db:
            waiting = update(Message).where(Message.status == MessageStatus.WAITING)
            await db.execute(waiting.values(send_after=now()))
        if chance.random() < 0.3:
            outages += 1
            with pytest.raises(TransportUnavailableError):
                await worker_for(database, f"smtp://127.0.0.1:{mails.port or 1}").drain()
            continue
        async with mail_server(mails.port, mails):
            with suppress(TransportUnavailableError):
                await worker_for(database, mails.url).drain()
    came = {str(mail["Message-ID"]).strip("<").partition("@")[0] for mail in mails.mails}
    kept = await messages(database)
    lost = [it.id for it in kept if it.status is MessageStatus.SENT and str(it.id) not in came]
    assert (lost, mails.doubles) == ([], [])
    assert {it.status for it in kept} <= {MessageStatus.SENT, MessageStatus.DOUBTFUL}
    doubtful = sum(it.status is MessageStatus.DOUBTFUL for it in kept)
    figures = {"fault": "F10", "runs": count, "outages": outages, "lost": 0, "twice": 0, "in_doubt": doubtful}
    print(json.dumps(figures | {"drain_s": round(time.monotonic() - began, 1), "seed": seed}))


async def test_f10_messages_survive_mail_server_faults(database: Database) -> None:
    await weather(database, 40, 1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
async def test_f10_many_messages_survive_mail_server_faults(database: Database, seed: int) -> None:
    await weather(database, 150, seed)
