"""A worker killed at any moment, beside others: no message is sent twice, and none is lost unnoticed."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import update

from models.db.clock import now
from models.message import Message, MessageStatus
from server.db.database import Database
from tests.server.mail.mail_server import MailServer, mail_server
from tests.server.mail.messages import enqueued, messages, statuses
from usecases.mail.outbox import HANDOVER

MESSAGES = 60


async def started(dsn: str, mails: MailServer) -> Process:
    """Start `omaposti worker` as an operator does."""
    surroundings = os.environ | {
        "DATABASE_URL": dsn,
        "OMAPOSTI_SMTP_URL": mails.url,
        "OMAPOSTI_ENVIRONMENT": "development",
    }
    program = [sys.executable, "-c", "from server.cli.main import run; run()", "worker"]
    return await asyncio.create_subprocess_exec(*program, env=surroundings, stdout=asyncio.subprocess.DEVNULL)


async def listening_for(number: signal.Signals, worker: Process) -> None:
    """Wait until the worker has a signal handler: until then, a signal simply ends it."""
    async with asyncio.timeout(60):
        while not _caught(worker.pid) >> (number - 1) & 1:  # noqa: ASYNC110 - the system has no event for it
            await asyncio.sleep(0.05)


def _caught(pid: int) -> int:
    """Return the signals that a process catches, as a mask (proc_pid_status(5))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("SigCgt:")[2].split()[0], 16)


async def leases_run_out(database: Database) -> None:
    """Let the leases expire, so that another worker takes over."""
    async with database.sessions.begin() as db:
        waiting = update(Message).where(Message.status == MessageStatus.WAITING).values(send_after=now())
        sending = update(Message).where(Message.status == MessageStatus.SENDING)
        await db.execute(waiting)
        await db.execute(sending.values(sending_at=now() - HANDOVER - timedelta(seconds=1)))


async def kill_rounds(database: Database, dsn: str, kills: int, chance: random.Random) -> None:
    for number in range(MESSAGES):
        await enqueued(database, f"liisa{number}@posti.example")
    arriving = asyncio.Event()

    async def ponder(_: MailServer, __: SMTP, ___: Envelope) -> None:
        arriving.set()
        await asyncio.sleep(chance.uniform(0, 0.02))

    async with mail_server() as mails:
        mails.at_data = ponder
        for _ in range(kills):
            arriving.clear()
            worker = await started(dsn, mails)
            async with asyncio.timeout(60):
                while not arriving.is_set() and await _under_way(database):  # noqa: ASYNC110 - nor has the worker
                    await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
            await leases_run_out(database)
        last = [await started(dsn, mails), await started(dsn, mails)]
        async with asyncio.timeout(60):
            while await _under_way(database):  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.05)
        for worker in last:
            await listening_for(signal.SIGTERM, worker)
            worker.send_signal(signal.SIGTERM)
            assert await worker.wait() == 0
    came = {str(mail["Message-ID"]).partition("@")[0].strip("<") for mail in mails.mails}
    assert mails.doubles == []
    for message in await messages(database):
        assert message.status in {MessageStatus.SENT, MessageStatus.DOUBTFUL}
        assert message.status is MessageStatus.DOUBTFUL or str(message.id) in came
    print(
        f"killed {kills} times: {len(came)} of {MESSAGES} came, {(await statuses(database)).count('DOUBTFUL')} in doubt"
    )


async def _under_way(database: Database) -> bool:
    return bool({"WAITING", "SENDING"} & set(await statuses(database)))


async def test_a_killed_worker_sends_nothing_twice(database: Database, dsn: str) -> None:
    await kill_rounds(database, dsn, 3, random.Random(1))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_a_worker_killed_again_and_again_sends_nothing_twice(database: Database, dsn: str, seed: int) -> None:
    await kill_rounds(database, dsn, 12, random.Random(seed))
