"""The table of alarms is dropped by a downgrade, and its kinds of messages become ones that the former code knows."""

import pytest

from server.db.database import Database
from tests.models.migrations.migrating import execute, move, values
from usecases.mail.message_kind import MessageKind

BEFORE, NOW = "0008", "0009"
FORMERLY = {
    MessageKind.PASSWORD_SET: "PASSWORD_CHANGED",
    MessageKind.PASSWORD_VOIDED: "PASSWORD_RESET",
    MessageKind.PASSWORD_MISSING: "PASSWORD_RESET",
    MessageKind.ACCOUNT_REOPEN: "ACCOUNT_CLOSED",
    MessageKind.ALREADY_HAVE_CLOSED_ACCOUNT: "ALREADY_HAVE_ACCOUNT",
    MessageKind.ACCOUNT_SUSPENDED: "ALREADY_HAVE_ACCOUNT",
    MessageKind.ACCOUNT_ERASED: "ACCOUNT_ERASED",
}
POST = """INSERT INTO messages (id, email, email_key, letter, language, facts, verification_code, status, send_after)
    VALUES (gen_random_uuid(), 'a@b.fi', 'a@b.fi', '{kind}', 'fi', '{{}}', '{kind}', 'WAITING', now())"""


@pytest.mark.parametrize("kind", FORMERLY)
async def test_former_code_knows_every_message_after_going_back(separate: Database, kind: MessageKind) -> None:
    await move(separate, up=NOW)
    await execute(separate, POST.format(kind=kind.value))
    await move(separate, down=BEFORE)
    assert await values(separate, "SELECT letter FROM messages") == {FORMERLY[kind]}
    assert await values(separate, "SELECT to_regclass('alarms')") == {None}
    await move(separate, up=NOW)
    assert await values(separate, "SELECT count(*) FROM alarms") == {0}
