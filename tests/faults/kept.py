"""Check that the database holds every change that the writers of a crowd were told of, and nothing half written."""

from sqlalchemy import select

from models.account import Account
from models.audit import AuditEntry
from server.db.database import Database
from tests.faults.crowd import Crowd
from tests.schema.asking import account_of
from usecases.audit.audit_chain import verify_chain


async def lost(database: Database, crowd: Crowd) -> list[str]:
    """Return the faults in the writers' accounts and their history, one line each."""
    wrong: list[str] = []
    for who, acknowledged in crowd.acknowledged.items():
        account = await account_of(database, who)
        written = await _names(database, account)
        if missing := [name for name in acknowledged if written.count(name) != 1]:
            wrong.append(f"{who} was told that {missing} were written")
        if (account.version - 1, account.given_name) != (len(written), written[-1] if written else None):
            wrong.append(f"{who} is {account.given_name} in version {account.version} after {len(written)} entries")
    async with database.sessions() as db:
        broken = (await verify_chain(db, {}, lambda _: None)).broken
    return wrong + ([f"the audit's chain: {broken}"] if broken else [])


async def _names(database: Database, account: Account) -> list[str]:
    """Return the given names that the audit records, in the order in which each follows another."""
    mine = select(AuditEntry.changes).where(AuditEntry.action == "profile.update", AuditEntry.subject_id == account.id)
    async with database.sessions() as db:
        entries = list(await db.scalars(mine))
    after = {entry["before"]["given_name"]: entry["after"]["given_name"] for entry in entries}
    names: list[str] = []
    while (name := after.pop(names[-1] if names else None, None)) is not None:
        names.append(name)
    return names
