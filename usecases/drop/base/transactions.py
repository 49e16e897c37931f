"""Transactions of an import: one for each batch, which in a dry run is a part of one that is rolled back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from usecases.drop.base.audit import ImportAuditRecord, write_import_audit
from usecases.drop.base.errors import DropRefusedError

Connection: TypeAlias = asyncpg.Connection

BATCH_SIZE = 5_000  # rows; small enough that no statement is long, large enough that round trips don't count

# One import at a time in the whole database: two would decide about each other's rows. The lock belongs to a
# transaction that stays open beside the import, because a lock of a session would be lost behind a pooler.
_IMPORT_LOCK = 0x0D209
# Shared by the batches; a new import waits for it, because the last batch of a killed one may still be running.
_BATCH_LOCK = 0x0D20A
LOCK_WAIT = 4_000  # milliseconds

# The limits that protect people's requests are not for a batch, and a dry run stays in one transaction throughout.
# Tables grow from nothing while statistics are minutes old, and one plan that reads a whole table for each batch would
# make an import quadratic: every statement looks its batch up by indexes, by laterals behind OFFSET 0 and scalar
# subqueries, which the planner does not turn round. (Custom plans only would help too, but then PostgreSQL plans the
# check of each foreign key and the chaining of each audit entry again, row by row: a quarter of all the work.)
_FOR_A_BATCH = f"""
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;
SET LOCAL synchronous_commit = off;
SELECT pg_advisory_xact_lock_shared({_BATCH_LOCK})
"""
# What a crash of the server loses is the end of the log, so whole batches, the last ones: the import is run again as
# after any other interruption, and goes on. It has ended only when all of it is on the disk: a commit that waits, of a
# transaction that has a number and therefore is written, waits for whatever was committed before it.
_DURABLE = "SET LOCAL synchronous_commit = on; SELECT pg_current_xact_id()"


@asynccontextmanager
async def import_connection(engine: AsyncEngine, *, dry_run: bool) -> AsyncIterator[Connection]:
    """Lend the one connection of an import; after a dry run nothing of it remains.

    It is asyncpg's own, for COPY. Raises DropRefusedError while another import runs.
    """
    async with (
        separate_connection(engine) as holder,
        separate_connection(engine) as connection,
        _locked(holder, connection),
        _rolled_back(connection) if dry_run else _left_alone(),
    ):
        yield connection


@asynccontextmanager
async def separate_connection(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """Lend a connection that works beside an import's own, or reports on it; one whose work failed is closed.

    A BEGIN that was cancelled on its way may have been done, and neither asyncpg nor SQLAlchemy knows of such a
    transaction: what the next borrower of the connection writes would never be committed.
    """
    async with engine.connect() as borrowed:
        connection: Connection = (await borrowed.get_raw_connection()).driver_connection
        try:
            yield connection
        except BaseException:
            await borrowed.invalidate()
            raise


@asynccontextmanager
async def batch_transaction(connection: Connection) -> AsyncIterator[list[ImportAuditRecord]]:
    """Commit what is done inside as one with the actions that are appended to the list, or nothing of it."""
    commits = not connection.is_in_transaction()  # a dry run would hold the audit's lane from here to its end
    async with connection.transaction():
        await connection.execute(_FOR_A_BATCH)
        audit_records: list[ImportAuditRecord] = []
        yield audit_records
        await write_import_audit(connection, audit_records, chained=commits)


async def wait_until_durable(connection: Connection) -> None:
    """Wait until the batches are safe from a crash of the server."""
    async with connection.transaction():
        await connection.execute(_DURABLE)


@asynccontextmanager
async def _locked(holder: Connection, connection: Connection) -> AsyncIterator[None]:
    """Hold the import's lock; should its holder be lost, the import ends too, because another may begin."""

    def end(_: object) -> None:
        connection.terminate()

    async with holder.transaction():
        await _wait_for(holder, _IMPORT_LOCK)
        async with connection.transaction():
            await _wait_for(connection, _BATCH_LOCK)
        holder.add_termination_listener(end)
        try:
            yield
        finally:
            holder.remove_termination_listener(end)


async def _wait_for(connection: Connection, lock: int) -> None:
    """Wait a moment for a lock: the server notices that a killed import is gone when its statement has ended."""
    try:
        await connection.execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
            f"SET LOCAL lock_timeout = {LOCK_WAIT}; SELECT pg_advisory_xact_lock({lock})"
        )
    except asyncpg.LockNotAvailableError:
        raise DropRefusedError("another import is running; start this one when it has ended") from None


@asynccontextmanager
async def _rolled_back(connection: Connection) -> AsyncIterator[None]:
    whole = connection.transaction()
    await whole.start()
    try:
        await connection.execute(_FOR_A_BATCH)
        yield
    finally:
        await whole.rollback()


@asynccontextmanager
async def _left_alone() -> AsyncIterator[None]:
    yield
