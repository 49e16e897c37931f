"""All that the database holds, to be compared and put back: an action's changes are told from half of them."""

import json
from collections import Counter
from typing import TypeAlias

import asyncpg

from tests.conftest import KEPT

Contents: TypeAlias = dict[str, list[str]]  # by table, each row as JSON
Change: TypeAlias = dict[str, tuple[int, int]]  # by table, how many rows went and how many came; one changed is both

COLUMNS = """SELECT table_name, string_agg(quote_ident(column_name), ', ') AS columns FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name ORDER BY table_name"""
NOT_OF_AN_ACTION = {"last_seen_at"}  # noted on its own, once a minute, whatever is asked for


async def contents(connection: asyncpg.Connection) -> Contents:
    """Return every row of every table but those that the migrations fill."""
    return {
        table: [row[0] for row in await connection.fetch(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')]
        for table in await _columns(connection)
    }


async def put_back(connection: asyncpg.Connection, rows: Contents) -> None:
    """Make the database hold these rows and no others, as a superuser: the audit refuses it to anybody else."""
    columns = await _columns(connection)
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(f"TRUNCATE {', '.join(columns)}")
        for table, kept in rows.items():
            if kept:
                insert = f'INSERT INTO "{table}" ({columns[table]}) SELECT {columns[table]} '
                await connection.execute(
                    f'{insert} FROM jsonb_populate_recordset(NULL::"{table}", $1)', f"[{','.join(kept)}]"
                )


def change(before: Contents, after: Contents) -> Change:
    """Return what differs, table by table."""
    changed = {}
    for table in before:
        were, are = _counted(before[table]), _counted(after[table])
        if were != are:
            changed[table] = ((were - are).total(), (are - were).total())
    return changed


def _counted(rows: list[str]) -> Counter[str]:
    kept = ({key: value for key, value in json.loads(row).items() if key not in NOT_OF_AN_ACTION} for row in rows)
    return Counter(json.dumps(row, sort_keys=True) for row in kept)


async def _columns(connection: asyncpg.Connection) -> dict[str, str]:
    return {
        row["table_name"]: row["columns"] for row in await connection.fetch(COLUMNS) if row["table_name"] not in KEPT
    }
