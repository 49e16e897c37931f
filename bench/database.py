"""Measured databases in an embedded PostgreSQL of their own: built once by COPY, kept under .data/bench."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import Progress

from auth.passwords.hashing import HASHER
from bench import world
from bench.world import Kind, Scale, identity
from models.values.sort_key import finnish_sort_key
from server.config.settings import Settings
from server.db.database import open_database
from server.db.migration import migrate
from server.db.revision import MIGRATIONS
from server.postgres.embedded import EmbeddedPostgres

FOLDER = Path(".data/bench")
# Default settings, durability included, plus statement counting and connections for all servers.
SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "max_connections": "200"}
MEASURED = "omaposti"  # the embedded database's own name, which `omaposti serve` uses by default
TENFOLD = "omaposti_tenfold"
IMPORTS = "omaposti_imports"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The running PostgreSQL of the measurements."""

    postgres: EmbeddedPostgres

    def dsn(self, database: str = MEASURED) -> str:
        """Return the address for a measured server."""
        return self.postgres.dsn(database=database)

    def owner_dsn(self, database: str = "postgres") -> str:
        """Return the address for the superuser."""
        return self.postgres.dsn(role="postgres", database=database)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Keep PostgreSQL running inside the block."""
    postgres = EmbeddedPostgres(FOLDER, SETTINGS)
    postgres.start()
    try:
        yield Cluster(postgres)
    finally:
        postgres.stop()


def ensure_built(cluster: Cluster, name: str, scale: Scale) -> None:
    """Build a database of that scale, unless it exists and was built by the same code and migrations."""
    if asyncio.run(_mark(cluster, name)) != _version(scale):
        asyncio.run(_build(cluster, name, scale))


def empty_database(cluster: Cluster, name: str) -> None:
    """Create a database that contains only the rows of the migrations; drop an earlier one."""
    asyncio.run(_recreate(cluster, name))


def _version(scale: Scale) -> str:
    sources = [Path(world.__file__), Path(__file__), *sorted((MIGRATIONS / "versions").glob("*.py"))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return f"{digest[:16]} {scale.accounts}"


async def _mark(cluster: Cluster, name: str) -> str | None:
    connection = await asyncpg.connect(cluster.owner_dsn())
    try:
        mark: str | None = await connection.fetchval(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", name
        )
        return mark
    finally:
        await connection.close()


async def _recreate(cluster: Cluster, name: str) -> None:
    connection = await asyncpg.connect(cluster.owner_dsn())
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" OWNER omaposti TEMPLATE template0')
    finally:
        await connection.close()
    async with open_database(cluster.dsn(name), Settings(), bounded=False) as database:
        await migrate(database.engine)


async def _build(cluster: Cluster, name: str, scale: Scale) -> None:
    await _recreate(cluster, name)
    connection = await asyncpg.connect(cluster.owner_dsn(name))
    try:
        await _fill(connection, scale)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
        await connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{_version(scale)}'")
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, scale: Scale) -> None:
    sessions = range(scale.accounts // 2)
    tables = [
        ("accounts", _ACCOUNT, scale.accounts, map(_account, range(scale.accounts))),
        ("email_confirmations", _CONFIRMATION, scale.accounts, map(_confirmation, range(scale.accounts))),
        ("organizations", _ORGANIZATION, scale.organizations, map(_organization, range(scale.organizations))),
        ("memberships", _MEMBERSHIP, scale.memberships, map(_membership, *_numbered(scale))),
        ("sessions", _SESSION, len(sessions), map(_session, sessions)),
        ("tasks", _TASK, 1, [(identity(Kind.TASK, 0), identity(Kind.ACCOUNT, world.RESTRICTED), "CONFIRM_EMAIL")]),
    ]
    with Progress(console=Console(stderr=True)) as shown:
        # The rows are consistent by construction; checking each foreign key would take most of the time.
        await connection.execute("SET session_replication_role = replica")
        for table, columns, total, rows in tables:
            counted = shown.track(rows, total, description=f"COPY {table} of {total:,} rows")
            await connection.copy_records_to_table(table, records=counted, columns=columns)
        await connection.execute("SET session_replication_role = origin")


def _numbered(scale: Scale) -> tuple[Iterable[int], Iterable[world.Held]]:
    return range(scale.memberships), world.memberships(scale)


_ACCOUNT = ["id", "status", "email", "email_key", "display_name", "language", "password_hash"]
_CONFIRMATION = ["account_id", "email_key"]
_ORGANIZATION = ["id", "status", "register_status", "identifier_scheme", "identifier", "name", "name_sort_key"]
_MEMBERSHIP = ["id", "account_id", "organization_id", "role", "status"]
_SESSION = ["id", "account_id", "transport", "access_hash", "expires_at"]
_TASK = ["id", "account_id", "kind"]

_PASSWORD_HASH = HASHER.hash(secrets.token_urlsafe())  # as expensive to verify as any; its password is discarded
_NEVER = datetime.now(UTC) + timedelta(days=3_650)


def _account(number: int) -> tuple[Any, ...]:
    address = world.email(number)
    name = f"Työntekijä Järvinen-Åström {number}"
    return identity(Kind.ACCOUNT, number), "ACTIVE", address, address, name, "fi", _PASSWORD_HASH


def _confirmation(number: int) -> tuple[Any, ...]:
    return identity(Kind.ACCOUNT, number), world.email(number)


def _organization(number: int) -> tuple[Any, ...]:
    name = f"Kuljetus ja Varastointi {number} Oy"
    business_id = f"{number + 1_000_000:07}-{number % 10}"
    return (
        identity(Kind.ORGANIZATION, number),
        "ACTIVE",
        "REGISTERED",
        "BUSINESS_ID",
        business_id,
        name,
        finnish_sort_key(name),
    )


def _membership(number: int, held: world.Held) -> tuple[Any, ...]:
    account, organization = identity(Kind.ACCOUNT, held.account), identity(Kind.ORGANIZATION, held.organization)
    return identity(Kind.MEMBERSHIP, number), account, organization, held.role, "ACTIVE"


def _session(account: int) -> tuple[Any, ...]:
    secret_hash = hashlib.sha256(world.token(account).encode()).digest()
    return identity(Kind.SESSION, account), identity(Kind.ACCOUNT, account), "TOKEN", secret_hash, _NEVER
