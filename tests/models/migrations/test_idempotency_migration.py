"""A downgrade drops the idempotency keys with their table."""

from server.db.database import Database
from tests.models.migrations.migrating import execute, move, values

NOW = "0013"
KEY = """INSERT INTO idempotency_keys (caller_id, action, key_hash, fingerprint, expires_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'account.signUp', 'key', 'input', now())"""
TABLES = "SELECT tablename::text FROM pg_tables WHERE tablename = 'idempotency_keys'"


async def test_idempotency_keys_come_and_go(separate: Database) -> None:
    await move(separate, up=NOW)
    await execute(separate, KEY)
    await move(separate, down="-1")
    assert await values(separate, TABLES) == set()
    await move(separate, up=NOW)
    assert await values(separate, "SELECT count(*) FROM idempotency_keys") == {0}
