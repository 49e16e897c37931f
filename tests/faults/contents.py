"""Contents of the database, to compare and restore, so that half of an action's changes can be detected."""

import json
from collections import Counter
from typing import TypeAlias

import asyncpg

from tests.conftest import KEPT

Contents: TypeAlias = dict[str, list[str]]  # by table, each row as JSON
Change: TypeAlias = dict[str, tuple[int, int]]  # by table, rows deleted and rows inserted; a changed row counts in both

COLUMNS = """SELECT table_name, string_agg(quote_ident(column_name), ', ') AS columns FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name ORDER BY table_name"""
NOT_OF_AN_ACTION = {"last_seen_at"}  # written once a minute by every request, not by an action


async def contents(connection: asyncpg.Connection) -> Contents:
    """Return every row of every table except those that the migrations fill."""
    return {
        table: [row[0] for row in await connection.fetch(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')]
        for table in await _columns(connection)
    }


async def put_back(connection: asyncpg.Connection, rows: Contents) -> None:
    """Make the database contain exactly these rows; as a superuser, because the audit refuses it to all others."""
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
