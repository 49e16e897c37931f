"""Transactions of an import: one for each batch; in a dry run, savepoints of one transaction that is rolled back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from usecases.drop.base.audit import ImportAuditRecord, write_import_audit
from usecases.drop.base.errors import DropRefusedError

Connection: TypeAlias = asyncpg.Connection

BATCH_SIZE = 5_000  # rows; small enough for short statements, large enough that round trips do not count

# One import at a time in the whole database, because two would decide about each other's rows. A transaction beside the
# import holds the lock, because a session's lock would be lost behind a pooler.
_IMPORT_LOCK = 0x0D209
# Shared by the batches. A new import waits for it, because the last batch of a killed import may still be running.
_BATCH_LOCK = 0x0D20A
LOCK_WAIT = 4_000  # milliseconds

# A batch needs no limits for the protection of people's requests, and a dry run stays in one transaction. Tables grow
# while their statistics are minutes old, and a plan that reads a whole table for each batch would make an import
# quadratic. So every statement finds its batch by indexes: by laterals behind OFFSET 0 and scalar subqueries, which the
# planner does not reorder. Custom plans would help too, but PostgreSQL would plan the checks of foreign keys and the
# chaining of the audit for each row. That is a quarter of all the work.
_FOR_A_BATCH = f"""
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;
SET LOCAL synchronous_commit = off;
SELECT pg_advisory_xact_lock_shared({_BATCH_LOCK})
"""
# Without synchronous_commit a crash of the server may lose the last batches, whole; running the import again redoes
# them. Before success is reported, a synchronous commit waits until all earlier commits are on the disk. Its
# transaction needs an id, otherwise nothing is written.
_DURABLE = "SET LOCAL synchronous_commit = on; SELECT pg_current_xact_id()"


@asynccontextmanager
async def import_connection(engine: AsyncEngine, *, dry_run: bool) -> AsyncIterator[Connection]:
    """Lend the one connection of an import; a dry run is rolled back at the end.

    It is asyncpg's own connection, for COPY. Raises DropRefusedError while another import runs.
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
    """Lend a connection that works or reports beside an import's own; after an error it is closed.

    A cancelled BEGIN may have reached the server, and neither asyncpg nor SQLAlchemy knows of such a transaction. The
    writes of the next borrower would never be committed.
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
    """Commit the block together with the audit records that are appended to the list, or nothing of it."""
    commits = not connection.is_in_transaction()  # a dry run must not hold the audit's lane until its end
    async with connection.transaction():
        await connection.execute(_FOR_A_BATCH)
        audit_records: list[ImportAuditRecord] = []
        yield audit_records
        await write_import_audit(connection, audit_records, chained=commits)


async def wait_until_durable(connection: Connection) -> None:
    """Wait until the batches would survive a crash of the server."""
    async with connection.transaction():
        await connection.execute(_DURABLE)


@asynccontextmanager
async def _locked(holder: Connection, connection: Connection) -> AsyncIterator[None]:
    """Hold the import's lock. If its connection is lost, end the import, because another may begin."""

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
    """Wait up to LOCK_WAIT for a lock: the server notices a killed import only at the end of its statement."""
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
