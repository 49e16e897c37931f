"""Newest revision of the schema and that of the database, read without loading Alembic."""

from pathlib import Path

from asyncpg import UndefinedTableError
from sqlalchemy import Select, column, select, table

from models.db.pool import ConnectionSource
from models.db.query import fetch

MIGRATIONS = Path(__file__).parents[2] / "models" / "migrations"
_KNOWN = frozenset(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
_REVISION: Select[tuple[str]] = select(column("version_num")).select_from(table("alembic_version"))


def newest_revision() -> str:
    """Return the newest revision, from the file names: migrations are numbered and form one chain."""
    return max(_KNOWN)


async def revision_of(pool: ConnectionSource) -> str | None:
    """Return the revision of a database, or None when it has no tables; raises what `fetch` raises."""
    try:
        rows = await fetch(pool, _REVISION)
    except UndefinedTableError:
        return None
    return rows[0]["version_num"] if len(rows) == 1 else None


def revision_fault(current: str | None) -> str | None:
    """Return a line that says what to do about a database of this revision; None when it is the newest."""
    newest = newest_revision()
    if current == newest:
        return None
    if not is_unknown(current):
        return (
            f"the database is at revision {current or 'none'}, the newest is {newest}; run `omaposti database migrate`"
        )
    return (
        f"the database is at revision {current}, which this program does not know: its newest is {newest}; "
        "take the newer program"
    )


def is_unknown(current: str | None) -> bool:
    """Return whether a newer program has migrated the database."""
    return current is not None and current not in _KNOWN
