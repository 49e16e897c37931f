"""The order of locks is enforced when they are taken: accounts, then organizations."""

import pytest
from sqlalchemy import select

from models.organization import Organization
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of
from usecases.locks import (
    LockOrderError,
    lock_account,
    lock_accounts,
    lock_administered,
    lock_organization,
)


@pytest.fixture
async def demo(cast: Cast, database: Database) -> Organization:
    async with database.sessions() as db:
        return (await db.scalars(select(Organization).where(Organization.identifier == "9200001-5"))).one()


async def test_account_after_an_organization_is_refused(demo: Organization, database: Database) -> None:
    member, manager = (await account_of(database, "member")).id, (await account_of(database, "manager")).id
    async with database.sessions.begin() as db:
        await lock_organization(db, demo.id)
        with pytest.raises(LockOrderError, match=r"1 account\(s\) are locked after an organization"):
            await lock_account(db, member)
        with pytest.raises(LockOrderError, match=r"2 account\(s\)"):
            await lock_accounts(db, [member, manager])


async def test_account_after_administered_organizations_is_refused(demo: Organization, database: Database) -> None:
    member, administrator = (await account_of(database, "member")).id, (await account_of(database, "administrator")).id
    async with database.sessions.begin() as db:
        await lock_account(db, administrator)
        assert [found.id for found in await lock_administered(db, [administrator])] == [demo.id]
        with pytest.raises(LockOrderError):
            await lock_accounts(db, [member, administrator])


async def test_held_account_may_be_asked_for_again(demo: Organization, database: Database) -> None:
    member, manager = (await account_of(database, "member")).id, (await account_of(database, "manager")).id
    async with database.sessions.begin() as db:
        await lock_accounts(db, [member, manager])
        await lock_organization(db, demo.id)
        assert (await lock_account(db, member)) is not None


async def test_next_transaction_begins_without_locks(demo: Organization, database: Database) -> None:
    member = (await account_of(database, "member")).id
    async with database.sessions() as db:
        await lock_organization(db, demo.id)
        await db.commit()
        assert (await lock_account(db, member)) is not None
