"""Fixtures: a migrated PostgreSQL database for each worker, the application on it, and the cast."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
import structlog
from starlette.applications import Starlette

from auth.rate_limits import RateLimits
from schema.build import SCHEMA
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.db.migration import migrate
from server.postgres.embedded import EmbeddedPostgres
from tests.cast import Cast, add_cast, signed_in_cast

PROJECT = Path(__file__).parent.parent
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
# Tests send more requests than people do; the tests of rate limits use the default limits.
UNLIMITED = RateLimits(*["1000000 per second"] * len(fields(RateLimits)))
KEPT = {"services", "alembic_version"}  # filled by the migrations

# Rich tracebacks, structlog's default where rich is installed, take up to seconds each: they print all local variables.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """Return a superuser's DSN: of OMAPOSTI_TEST_DATABASE_URL, else of an embedded server kept under .data/."""
    given = os.environ.get("OMAPOSTI_TEST_DATABASE_URL")
    if given:
        yield given
        return
    postgres = EmbeddedPostgres(PROJECT / ".data" / "tests", FAST)
    postgres.start()
    try:
        yield postgres.dsn(role="postgres", database="postgres")
    finally:
        postgres.stop()


def to_database(dsn: str, name: str) -> str:
    """Return the DSN of another database of the same server."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def dsn(server_dsn: str, worker_id: str) -> str:
    """Return the DSN of this worker's own migrated database."""
    return to_database(server_dsn, asyncio.run(_clone(server_dsn, worker_id)))


async def _clone(server_dsn: str, worker_id: str) -> str:
    """Migrate the template database, unless another worker has, and clone it."""
    run = os.getpid() if worker_id == "master" else os.getppid()
    template, name = f"template_of_{run}", f"test_{worker_id}_{os.getpid()}"
    connection = await asyncpg.connect(server_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(20200228)")
        if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", template):
            await _drop_left_over(connection)
            await connection.execute(f'CREATE DATABASE "{template}" TEMPLATE template0')
            async with open_database(to_database(server_dsn, template), Settings(), bounded=False) as database:
                await migrate(database.engine)
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    finally:
        await connection.close()
    return name


async def _drop_left_over(connection: asyncpg.Connection) -> None:
    """Drop the databases of killed runs; those of running ones stay."""
    for row in await connection.fetch("SELECT datname FROM pg_database WHERE datname ~ '^(test|template_of)_'"):
        owner = int(row["datname"].rpartition("_")[2])
        if not Path(f"/proc/{owner}").exists():
            await connection.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Return the settings of tests."""
    return Settings(environment="development", pool_size=8, rate_limits=UNLIMITED)


@pytest.fixture(scope="session")
async def opened(dsn: str, settings: Settings) -> AsyncIterator[Database]:
    async with open_database(dsn, settings) as database:
        yield database


async def empty(dsn: str) -> None:
    """Empty every table except those filled by migrations; an action may be running beside it."""
    # The lock attempt ends before deadlock_timeout (1 s), so that PostgreSQL aborts neither side.
    # Audit entries refuse to be truncated, except to a superuser who switches the triggers off.
    connection = await asyncpg.connect(
        dsn, server_settings={"lock_timeout": "200ms", "session_replication_role": "replica"}
    )
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = ", ".join(f'"{row["tablename"]}"' for row in rows if row["tablename"] not in KEPT)
        async with asyncio.timeout(30):
            while not await _truncated(connection, tables):
                pass
    finally:
        await connection.close()


async def _truncated(connection: asyncpg.Connection, tables: str) -> bool:
    """Return whether the tables could be locked and are now empty."""
    try:
        await connection.execute(f"TRUNCATE {tables}")
    except asyncpg.LockNotAvailableError:
        return False
    return True


@pytest.fixture
async def database(opened: Database, dsn: str) -> Database:
    """Return this worker's database, with services only."""
    await empty(dsn)
    return opened


@pytest.fixture(scope="session")
async def app(opened: Database, dsn: str, settings: Settings) -> AsyncIterator[Starlette]:
    """Return the application as it is served, on this worker's database."""
    application = create_app(settings, dsn, SCHEMA)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: Starlette, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Return an HTTP client of the application, over an empty database."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield client


@pytest.fixture
async def cast(client: httpx.AsyncClient, database: Database) -> Cast:
    """Return the cast, signed in."""
    await add_cast(database)
    return await signed_in_cast(client)
