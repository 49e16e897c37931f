"""A downgrade drops the contact details of organizations, and no organization."""

import pytest
from sqlalchemy.exc import IntegrityError

from server.db.database import Database
from tests.models.migrations.migrating import execute, move, values

NOW = "0014"
ORGANIZATION = """INSERT INTO organizations (id, status, identifier_scheme, identifier, name, name_sort_key)
VALUES ('00000000-0000-7000-8000-000000000001', 'AWAITING_ADMINISTRATOR', 'BUSINESS_ID', '9200001-5',
    'Demo Oy', 'demo oy')"""
CONTACTS = "UPDATE organizations SET contact_email = 'a@demo.example', contact_phone = '+358401234567', language = 'sv'"
NAMES = "SELECT name FROM organizations"


async def test_contact_details_come_and_go_and_organizations_stay(separate: Database) -> None:
    await move(separate, up=NOW)
    await execute(separate, ORGANIZATION)
    await execute(separate, CONTACTS)
    await move(separate, down="-1")
    assert await values(separate, NAMES) == {"Demo Oy"}
    await move(separate, up=NOW)
    assert await values(separate, NAMES) == {"Demo Oy"}
    assert await values(separate, "SELECT contact_email FROM organizations") == {None}
    with pytest.raises(IntegrityError, match="ck_organizations_language"):
        await execute(separate, "UPDATE organizations SET language = 'xx'")
