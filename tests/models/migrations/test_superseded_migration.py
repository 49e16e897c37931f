"""A downgrade drops the superseded access tokens, and no session."""

from server.db.database import Database
from tests.facts import add_account
from tests.models.migrations.migrating import execute, move, values

NOW = "0012"
SESSIONS = "SELECT count(*) FROM sessions"


async def test_superseded_tokens_come_and_go_and_sessions_stay(separate: Database) -> None:
    await move(separate, up=NOW)
    async with separate.engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        account = await add_account(driver, "liisa@example.com")
    session = "00000000-0000-7000-8000-000000000001"
    await execute(
        separate,
        "INSERT INTO sessions (id, account_id, transport, access_hash, expires_at) "
        f"VALUES ('{session}', '{account}', 'TOKEN', 'new', now() + interval '1 day')",
    )
    await execute(separate, f"INSERT INTO superseded_tokens (secret_hash, session_id) VALUES ('old', '{session}')")
    await move(separate, down="-1")
    assert await values(separate, SESSIONS) == {1}
    await move(separate, up=NOW)
    assert await values(separate, SESSIONS) == {1}
    assert await values(separate, "SELECT count(*) FROM superseded_tokens") == {0}
