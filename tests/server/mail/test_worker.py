"""Worker and mail server: success, temporary and permanent failures, outages; nothing is lost or sent twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from models.account import Account
from models.audit import AuditEntry
from models.db.clock import now
from models.message import MessageStatus
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.mail.transports import TransportUnavailableError
from tests.schema.asking import account_of, add_person
from tests.server.mail.mail_server import drop, mail_server, put_off, refuse, take_and_drop
from tests.server.mail.messages import change_messages, enqueued, messages, statuses, worker_for
from usecases.demo import DOMAIN
from usecases.mail.message_kind import MessageKind
from usecases.mail.outbox import GIVE_UP, HANDOVER, LONGEST_PAUSE

VICTIM = f"victim@{DOMAIN}"


async def test_a_message_is_sent_once_and_its_secrets_are_dropped(database: Database) -> None:
    await enqueued(database, kind=MessageKind.PASSWORD_RESET)
    async with mail_server() as mails:
        worker = worker_for(database, mails.url)
        await worker.drain()
        await worker.drain()
        assert mails.recipients == [["liisa@posti.example"]]
    (message,) = await messages(database)
    assert (message.status, message.secrets, message.failure) == (MessageStatus.SENT, None, None)
    assert message.sent_at is not None
    assert mails.mails[0]["Message-ID"] == f"<{message.id}@omaposti.example>"


async def test_temporary_failure_is_retried_after_growing_pauses(database: Database) -> None:
    await enqueued(database)
    async with mail_server() as mails:
        mails.at_data = put_off
        pauses = []
        for _ in range(3):
            await worker_for(database, mails.url).drain()
            (message,) = await messages(database)
            assert message.status is MessageStatus.WAITING
            pauses.append((message.send_after - now()).total_seconds())
            await change_messages(database, send_after=now())
        assert pauses[0] < pauses[1] < pauses[2] < LONGEST_PAUSE.total_seconds()
        assert (await messages(database))[0].failure == "451 4.7.1"
        mails.at_data = None
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["SENT"]
    assert len(mails.raw) == 1


async def test_temporary_failures_for_two_days_fail_the_message(database: Database) -> None:
    await enqueued(database)
    await change_messages(database, created_at=now() - GIVE_UP)
    async with mail_server() as mails:
        mails.at_data = put_off
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["FAILED"]


async def test_refused_content_fails_without_marking_the_address(database: Database) -> None:
    await add_person(database, VICTIM)
    await enqueued(database, VICTIM, MessageKind.PASSWORD_RESET)
    async with mail_server() as mails:
        mails.at_data = refuse
        await worker_for(database, mails.url).drain()
    (message,) = await messages(database)
    assert (message.status, message.secrets) == (MessageStatus.FAILED, None)
    assert (await account_of(database, "victim")).email_undeliverable_at is None


@pytest.mark.parametrize(
    ("answer", "status", "at_fault"),
    [
        ("550 5.1.1 no such user", "FAILED", True),
        ("550 no such user", "FAILED", True),
        ("552 5.2.2 mailbox full", "FAILED", False),
        ("554 5.7.1 we do not like you", "FAILED", False),
        ("450 4.2.0 greylisted", "WAITING", False),
        ("421 4.3.2 shutting down", "WAITING", False),
    ],
)
async def test_only_a_missing_mailbox_makes_an_address_undeliverable(
    database: Database, answer: str, status: str, at_fault: bool
) -> None:
    await add_person(database, VICTIM)
    await enqueued(database, VICTIM)
    await enqueued(database, "other@posti.example")
    async with mail_server() as mails:
        mails.refusals[VICTIM] = answer
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == [status, "SENT"]
    assert ((await account_of(database, "victim")).email_undeliverable_at is not None) is at_fault
    async with database.sessions() as db:
        entries = list(await db.scalars(select(AuditEntry).where(AuditEntry.action == "email.undeliverable")))
    assert len(entries) == at_fault


async def test_bouncing_address_gets_only_requested_links(database: Database) -> None:
    await add_person(database, VICTIM)
    async with database.sessions.begin() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == VICTIM))).one()
        account.email_undeliverable_at = now()
    await enqueued(database, VICTIM, MessageKind.PASSWORD_CHANGED)
    await enqueued(database, VICTIM, MessageKind.EMAIL_PROOF)
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["FAILED", "SENT"]


async def test_messages_wait_while_the_mail_server_is_away(database: Database) -> None:
    await enqueued(database)
    async with mail_server() as mails:
        pass
    with pytest.raises(TransportUnavailableError, match="cannot be reached"):
        await worker_for(database, mails.url).drain()
    (message,) = await messages(database)
    assert (message.status, message.attempts, message.failure) == (MessageStatus.WAITING, 0, None)
    async with mail_server(mails.port, mails):
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["SENT"]


async def test_refused_sender_stops_sending_and_fails_no_message(database: Database) -> None:
    for number in range(6):
        await enqueued(database, f"liisa{number}@posti.example")
    async with mail_server() as mails:
        mails.at_mail = "550 5.7.1 we know no such sender"
        with pytest.raises(TransportUnavailableError, match=r"550 5\.7\.1"):
            await worker_for(database, mails.url).drain()
        assert await statuses(database) == ["WAITING"] * 6
        mails.at_mail = None
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["SENT"] * 6
    assert mails.doubles == []


@pytest.mark.parametrize("step", [take_and_drop, drop])
async def test_message_with_a_lost_reply_is_in_doubt_and_not_repeated(database: Database, step: object) -> None:
    await enqueued(database)
    async with mail_server() as mails:
        mails.at_data = step  # type: ignore[assignment] # parametrized
        await worker_for(database, mails.url).drain()
        mails.at_data = None
        await change_messages(database, send_after=now() - timedelta(days=1))
        await worker_for(database, mails.url).drain()
        assert await statuses(database) == ["DOUBTFUL"]
        assert len(mails.raw) == (step is take_and_drop)


async def test_message_in_transfer_by_a_dead_worker_is_in_doubt(database: Database) -> None:
    await enqueued(database)
    await change_messages(database, status=MessageStatus.SENDING, sending_at=now() - HANDOVER)
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    assert await statuses(database) == ["DOUBTFUL"]
    assert mails.raw == []


@pytest.mark.parametrize("scheme", ["smtp+starttls://", "smtp://user:secret@", "smtp+starttls://user:secret@"])
async def test_message_is_not_sent_unencrypted_if_tls_is_required(database: Database, scheme: str) -> None:
    await enqueued(database)
    async with mail_server() as mails:
        with pytest.raises(TransportUnavailableError):
            await worker_for(database, mails.url.replace("smtp://", scheme)).drain()
    assert (await statuses(database), mails.raw) == (["WAITING"], [])


async def test_without_the_database_the_worker_waits_for_it(settings: Settings) -> None:
    async with mail_server() as free:
        pass
    nowhere = f"postgresql://nobody@127.0.0.1:{free.port}/nothing"
    async with open_database(nowhere, settings) as away:
        with capture_logs() as logs:
            worker = worker_for(away, free.url)
            running = asyncio.create_task(worker.run())
            async with asyncio.timeout(5):
                while not logs:  # noqa: ASYNC110 - the log has no event for it
                    await asyncio.sleep(0.01)
            worker.stop()
            await running
    assert logs[0]["event"] == "outbox unreadable"


async def test_b82_transaction_is_closed_while_the_mail_server_replies(database: Database) -> None:
    released = asyncio.Event()

    async def slowly(*_: object) -> None:
        await released.wait()

    await enqueued(database)
    async with mail_server() as mails:
        mails.at_data = slowly
        worker = worker_for(database, mails.url)
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(10):
            while await statuses(database) != ["SENDING"]:  # noqa: ASYNC110 - the database has no event for it
                await asyncio.sleep(0.01)
        async with database.sessions() as db:
            open_ones = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now()"
            )
            assert await db.scalar(text(open_ones)) == 0
        for number in range(20):
            await enqueued(database, f"liisa{number}@posti.example")
        worker.stop()
        released.set()
        await running
    assert await statuses(database) == ["SENT"] + ["WAITING"] * 20


async def test_domain_at_its_limit_waits_and_others_are_served(database: Database) -> None:
    for number in range(12):
        await enqueued(database, f"liisa{number}@busy.example")
    await enqueued(database, "liisa@quiet.example")
    async with mail_server() as mails:
        await worker_for(database, mails.url, per_domain=5).drain()
    to = [addresses[0].partition("@")[2] for addresses in mails.recipients]
    assert to.count("quiet.example") == 1
    # The lanes check before they count, so each may send one more.
    assert 5 <= to.count("busy.example") <= 8
    assert (await statuses(database)).count("WAITING") == 12 - to.count("busy.example")


async def test_a_link_that_has_expired_is_not_sent(database: Database) -> None:
    await enqueued(database, kind=MessageKind.PASSWORD_RESET)
    await change_messages(database, facts={"name": "Liisa", "until": (now() - timedelta(minutes=1)).isoformat()})
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    assert (await statuses(database), mails.raw) == (["FAILED"], [])


@pytest.mark.parametrize("fault", [{"kind": "NO_SUCH_KIND"}, {"facts": {"name": "Liisa", "at": "never"}}])
async def test_unwritable_message_fails_and_others_are_sent(database: Database, fault: dict[str, object]) -> None:
    await enqueued(database)
    await change_messages(database, **fault)
    await enqueued(database)
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    assert (await statuses(database), len(mails.raw)) == (["FAILED", "SENT"], 1)


async def test_worker_with_an_expired_lease_sends_nothing(database: Database) -> None:
    """Another worker claims the message while the first one's mail server delays its reply to RCPT TO."""
    await enqueued(database)
    async with mail_server() as mails, mail_server() as slow:
        first = worker_for(database, slow.url)
        pondering, released = asyncio.Event(), asyncio.Event()

        async def ponder(*_: object) -> str:
            pondering.set()
            await released.wait()
            return "250 OK"

        slow.handle_RCPT = ponder  # type: ignore[method-assign, assignment] # a server of the test's own
        asleep = asyncio.create_task(first.drain())
        await pondering.wait()
        await change_messages(database, send_after=now())
        await worker_for(database, mails.url).drain()
        released.set()
        await asleep
        assert (len(mails.raw), len(slow.raw)) == (1, 0)
    assert await statuses(database) == ["SENT"]


@pytest.mark.parametrize("workers", [2, 5])
async def test_several_workers_send_every_message_once(
    database: Database, dsn: str, settings: Settings, workers: int
) -> None:
    for number in range(40):
        await enqueued(database, f"liisa{number}@posti.example")
    barrier = asyncio.Barrier(workers)

    async def work(url: str) -> None:
        async with open_database(dsn, settings) as own:
            await barrier.wait()
            await worker_for(own, url).drain()

    async with mail_server() as mails, asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work(mails.url))
    assert await statuses(database) == ["SENT"] * 40
    assert (len(mails.raw), mails.doubles) == (40, [])
