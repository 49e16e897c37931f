"""Complete state of a database after imports, for comparison."""

from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from usecases.drop.import_drop import imported_drop

# Columns that are equal in equal states: no ids, no times of the import itself, no freshly salted hashes.
_STATE = {
    "accounts": "SELECT status, email, email_key, display_name, given_name, family_name, phone, language, "
    "preferred_language FROM accounts",
    "codes": "SELECT s.code AS service, c.code, c.code_key, c.kind, c.status, c.service_role, o.identifier, "
    "a.email_key, c.proof_scheme, c.proof_settings, c.locked_at IS NULL AS unlocked, "
    "c.vanished_at IS NULL AS there, c.last_used_at FROM legacy_codes c JOIN services s ON s.id = c.service_id "
    "LEFT JOIN organizations o ON o.id = c.organization_id LEFT JOIN accounts a ON a.id = c.account_id",
    "memberships": "SELECT a.email_key, o.identifier, m.role, m.status FROM memberships m "
    "JOIN accounts a ON a.id = m.account_id JOIN organizations o ON o.id = m.organization_id "
    "WHERE m.status <> 'ENDED'",
    "accesses": "SELECT a.email_key, o.identifier, s.code, x.role, array(SELECT n.kind || n.number "
    "FROM service_access_customer_numbers l JOIN customer_numbers n ON n.id = l.customer_number_id "
    "WHERE l.service_access_id = x.id ORDER BY 1) FROM service_accesses x JOIN memberships m ON m.id = x.membership_id "
    "JOIN accounts a ON a.id = m.account_id JOIN organizations o ON o.id = m.organization_id "
    "JOIN services s ON s.id = x.service_id WHERE x.ended_at IS NULL",
    "organizations": "SELECT status, register_status, identifier, name, name_sort_key FROM organizations",
    "numbers": "SELECT o.identifier, n.kind, n.number FROM customer_numbers n "
    "JOIN organizations o ON o.id = n.organization_id",
    "companies": "SELECT business_id, names, status, ceased_on FROM register_companies",
    "outcomes": "SELECT f.name, r.row, r.outcome, r.flags, r.joins, r.account_code, r.current "
    "FROM drop_rows r JOIN drop_files f ON f.id = r.file_id",
}


async def state_of(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """Return the effects of imports in an order that does not depend on the order of files."""
    async with engine.connect() as connection:
        found = {name: await connection.execute(text(statement)) for name, statement in _STATE.items()}
        return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}


async def counted(engine: AsyncEngine) -> dict[str, tuple[Any, ...]]:
    """Return the number of rows, with all their versions, in each table that an import writes to."""
    tables = ["drops", "drop_files", "drop_rows", "audit_entries", "legacy_codes", "accounts", "organizations"]
    async with engine.connect() as connection:
        found = {
            table: await connection.execute(text(f"SELECT count(*), max(xmin::text::bigint) FROM {table}"))
            for table in tables
        }
        return {table: tuple(rows.one()) for table, rows in found.items()}


async def import_rows(engine: AsyncEngine, path: Path, *, dry_run: bool = False) -> list[dict[str, Any]]:
    """Import a drop and return the report's rows."""
    async with imported_drop(engine, path, dry_run=dry_run) as report:
        assert all(file.adds_up for file in await report.files())
        return [row async for row in report.rows()]


async def faults(engine: AsyncEngine, path: Path) -> dict[str, str | None]:
    """Import a drop and return the fault of each file, by its service and sequence."""
    async with imported_drop(engine, path) as report:
        return {file.name: file.fault_code for file in await report.files()}
