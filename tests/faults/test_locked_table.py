"""A locked table (F9): requests that need it are told to retry, and all others are unaffected."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
from sqlalchemy import func, select, text

from models.audit import AuditEntry
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast
from tests.faults.crowd import PATIENCE, Person, asking_on, crowd, read_on, write_on
from tests.faults.figures import Figures
from tests.faults.kept import lost
from tests.schema.asking import post
from tests.schema.mutations.mutation_cases import CASES, asking, codes_of, document_of
from tests.server.serving import serving

STRANGER = "stranger"
SIGNED_IN = {"support": read_on, "auditor": read_on, "manager": write_on, "administrator": write_on}
HELD = [0.5, pytest.param(4.0, marks=pytest.mark.long)]  # seconds beyond the first deferred answer


@pytest.fixture
def url(dsn: str, settings: Settings) -> Iterator[str]:
    # On a busy machine a wait for a connection must not look like a wait for the lock.
    patient = replace(settings, pool_wait=4.0)
    with serving(create_app(patient, dsn), patient) as url:
        yield url


@asynccontextmanager
async def locked(database: Database, lock: str) -> AsyncIterator[None]:
    """Hold a lock in a transaction inside the block."""
    async with database.sessions.begin() as db:
        await db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await db.execute(text(f"LOCK TABLE {lock}"))
        yield


@dataclass(frozen=True, slots=True)
class Case:
    """A locked table, and an action of a caller without a session that needs it, with its name in the audit."""

    lock: str
    mutation: str
    action: str
    puts_off: frozenset[str]


LOCKS = {
    # A viewer includes their memberships, so each request of a signed-in person reads these.
    "memberships": Case("memberships", "accountCloseUndo", "account.closeUndo", frozenset(SIGNED_IN)),
    "outbox": Case("messages IN EXCLUSIVE MODE", "passwordResetRequest", "account.passwordResetRequest", frozenset()),
}


@pytest.mark.parametrize("seconds", HELD)
@pytest.mark.parametrize("case", LOCKS.values(), ids=LOCKS.keys())
async def test_locked_table_delays_only_requests_that_need_it(
    cast: Cast, database: Database, url: str, case: Case, seconds: float
) -> None:
    asker, figures = await asking(cast, database), Figures(f"F9 {case.lock} locked")
    document = document_of(asker, CASES[case.mutation], CASES[case.mutation].done)
    people = [Person(who, cast.tokens[who], does) for who, does in SIGNED_IN.items()]
    people.append(Person(STRANGER, None, asking_on("{ services { code } }")))
    async with crowd(url, people) as together, httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        async with locked(database, case.lock):
            response = await post(client, document)
            await asyncio.sleep(seconds)
        unlocked = time.monotonic()
        assert (response.status_code, response.headers["retry-after"], codes_of(response)) == (
            503,
            "2",
            ["UNAVAILABLE"],
        )
        assert await how_many(database, case.action) == 0
        await together.served_again(since=unlocked)
        assert codes_of(await post(client, document)) == []
    assert await how_many(database, case.action) == 1
    wrong = await lost(database, together)
    figures.recoveries.append(together.recovery(since=unlocked))
    figures.runs, figures.failed, figures.lost = len(together.answers), together.put_off(), len(wrong)
    figures.publish()
    assert (wrong, together.wrong) == ([], [])
    assert {answer.who for answer in together.answers if not answer.given} <= case.puts_off


async def how_many(database: Database, action: str) -> int:
    """Return how often an action was done."""
    async with database.sessions() as db:
        entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        return int(await db.scalar(entries) or 0)
