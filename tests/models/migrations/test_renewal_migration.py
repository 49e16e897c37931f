"""A downgrade removes statuses of old codes and campaigns of messages, and no code or message is lost."""

from server.db.database import Database
from tests.facts import add_account, add_legacy_code, driver_connection
from tests.models.migrations.migrating import execute, move, values

BEFORE, NOW = "-1", "0015"
FORMERLY = {"LINKED": "LINK_PENDING", "UNLINKED": "IN_REVIEW", "SPLIT": "SPLIT_PENDING", "RETIRED": "IN_REVIEW"}
STATUSES = "SELECT code || ' ' || status FROM legacy_codes"
MESSAGE = """INSERT INTO messages
    (id, account_id, campaign_id, email, email_key, kind, language, facts, verification_code, status, send_after)
    VALUES (gen_random_uuid(), '{account}', gen_random_uuid(), 'a@b.fi', 'a@b.fi', 'EMAIL_PROOF', 'fi', '{{}}', '1',
        'SENT', now())"""


async def test_downgrade_gives_codes_a_status_that_former_code_knows(separate: Database) -> None:
    await move(separate, up=NOW)
    async with driver_connection(separate) as connection:
        for status in FORMERLY:
            await add_legacy_code(connection, status, code=status)
    await move(separate, down=BEFORE)
    formerly = {f"{status} {former}" for status, former in FORMERLY.items()}
    assert await values(separate, STATUSES) == formerly
    await move(separate, up=NOW)
    assert await values(separate, STATUSES) == formerly


async def test_downgrade_keeps_a_message_of_a_campaign(separate: Database) -> None:
    await move(separate, up=NOW)
    async with driver_connection(separate) as connection:
        account = await add_account(connection, "a@b.fi")
    await execute(separate, MESSAGE.format(account=account))
    await move(separate, down=BEFORE)
    assert await values(separate, "SELECT letter FROM messages") == {"EMAIL_PROOF"}
    await move(separate, up=NOW)
    assert await values(separate, "SELECT kind FROM messages WHERE campaign_id IS NULL") == {"EMAIL_PROOF"}
