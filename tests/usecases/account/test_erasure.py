"""Erasure leaves no personal data of the person in any table, and changes no data of others."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
from sqlalchemy import select, update
from starlette.applications import Starlette

from models.account import Account, AccountStatus
from models.audit import AuditEntry
from models.db.clock import now
from models.drop import DropRow, Outcome, UndecidedRow
from models.legacy_code import LegacyCode
from models.mailed_secret import AccountClosure
from models.membership import Membership, MembershipStatus, ServiceAccess
from models.message import Message, MessageStatus
from models.organization import OrganizationStatus
from models.staff import StaffGrant
from server.db.database import Database
from server.jobs.erasure import ACTOR, erase_due
from tests.cast import Cast
from tests.schema.asking import account_of, post
from tests.schema.engine.traces import PERSONAL, live
from tests.schema.mutations.account.closing import CLOSE, close, let_grace_pass, status_of
from usecases.account.closing import GRACE
from usecases.account.erasure import due_accounts, erase_account
from usecases.audit.audit_chain import verify_chain
from usecases.mail.message_kind import MessageKind


async def live_and_close(app: Starlette, client: httpx.AsyncClient, database: Database) -> Account:
    """Let the member leave data in every possible table, close the account, and return it as it was."""
    token = await live(app, database)
    account = await account_of(database, "member")
    closed = (await post(client, CLOSE, {}, {"Authorization": f"Bearer {token}"})).json()
    assert closed["data"]["accountClose"]["userErrors"] == []
    return account


async def found(dsn: str) -> dict[str, list[str]]:
    """Return, by table, the personal values of the member in any column."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = [
            row["tablename"]
            for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        hits: dict[str, list[str]] = {}
        for table in tables:
            text = await connection.fetchval(f'SELECT lower(string_agg(t::text, chr(10))) FROM "{table}" AS t')
            inside = sorted(value for value in PERSONAL if value.lower() in (text or ""))
            if inside:
                hits[table] = inside
        return hits
    finally:
        await connection.close()


async def send_farewells(database: Database, ago: timedelta) -> None:
    """Date every message as sent that long ago."""
    async with database.sessions.begin() as db:
        await db.execute(update(Message).values(status=MessageStatus.SENT, sent_at=now() - ago))


async def test_erasure_leaves_no_personal_value_in_any_table(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database, dsn: str
) -> None:
    await live_and_close(app, client, database)
    before = await found(dsn)
    assert set(before) >= {"accounts", "audit_entries", "messages", "drop_rows", "legacy_codes", "sessions"}
    await let_grace_pass(database)
    assert await erase_due(database) == (1, 0)
    assert set(await found(dsn)) == {"messages"}, "the last message has yet to be sent"
    await send_farewells(database, timedelta(days=8))
    assert await erase_due(database) == (0, 0)
    assert await found(dsn) == {}


async def test_erased_account_leaves_an_id_without_a_name(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database, dsn: str
) -> None:
    account = await live_and_close(app, client, database)
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions() as db:
        erased = await db.get_one(Account, account.id)
        memberships = (await db.scalars(select(Membership).where(Membership.account_id == account.id))).all()
        accesses = (
            await db.scalars(select(ServiceAccess).where(ServiceAccess.membership_id == memberships[0].id))
        ).all()
        code = (await db.scalars(select(LegacyCode).where(LegacyCode.account_id == account.id))).one()
        grant = (await db.scalars(select(StaffGrant).where(StaffGrant.account_id == account.id))).one()
        rows = (await db.scalars(select(DropRow).order_by(DropRow.row))).all()
        farewell = (await db.scalars(select(Message).where(Message.email_key == "member@demo.example"))).one()
    assert (erased.status, erased.email, erased.password_hash) == (AccountStatus.ERASED, None, None)
    assert [(membership.status, membership.ended_at is not None) for membership in memberships] == [
        (MembershipStatus.ENDED, True)
    ]
    assert accesses
    assert all(access.ended_at is not None for access in accesses)
    assert (code.code, code.proof_hash, code.proof_settings) == (f"erased:{code.id}", None, None)
    assert grant.revoked_at is not None
    assert [(row.name, row.code, row.current) for row in rows] == [
        (None, None, False),
        (None, None, False),
        (None, None, False),
        ("Anna", "0009912", True),
    ]
    assert rows[2].outcome is Outcome.NEEDS_EMAIL, "the values that the report counts stay"
    assert (farewell.kind, farewell.account_id) == (MessageKind.ACCOUNT_ERASED, None)


async def test_erasing_an_undecided_row_dequeues_it(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await live_and_close(app, client, database)
    async with database.sessions.begin() as db:
        rows = (await db.scalars(select(DropRow).order_by(DropRow.row))).all()
        db.add_all(UndecidedRow(file_id=row.file_id, row=row.row) for row in rows)
        rows[0].outcome = None
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions() as db:
        rows = (await db.scalars(select(DropRow).order_by(DropRow.row))).all()
        undecided = (await db.scalars(select(UndecidedRow.row))).all()
    assert rows[0].outcome is Outcome.REJECT_ROW, "a row without an outcome would never add up in a report"
    assert undecided == [row.row for row in rows if row.current]
    assert len(undecided) == 1


async def test_erasure_keeps_the_audit_chain_and_every_entry(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    account = await live_and_close(app, client, database)
    async with database.sessions() as db:
        before = (await db.execute(select(AuditEntry.id, AuditEntry.action).order_by(AuditEntry.id))).all()
        others = select(AuditEntry.address, AuditEntry.changes).where(AuditEntry.subject_id != account.id)
        of_others = (await db.execute(others.order_by(AuditEntry.id))).all()
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions() as db:
        after = (await db.execute(select(AuditEntry.id, AuditEntry.action).order_by(AuditEntry.id))).all()
        assert (await db.execute(others.order_by(AuditEntry.id))).all() == of_others
        verdict = await verify_chain(db, {}, lambda _: None)
    assert after[:-1] == before
    assert after[-1].action == "account.erase"
    assert (verdict.broken, verdict.entries) == (None, len(after))


async def test_account_before_its_date_or_after_an_undo_is_not_erased(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await live_and_close(app, client, database)
    assert await erase_due(database) == (0, 0)
    await let_grace_pass(database, -timedelta(seconds=60))
    assert await erase_due(database) == (0, 0)
    assert (await account_of(database, "member")).status is AccountStatus.CLOSED


async def test_two_erasures_at_once_erase_and_audit_once(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await live_and_close(app, client, database)
    await let_grace_pass(database)
    outcomes = await asyncio.gather(*(erase_due(database) for _ in range(4)))
    assert sorted(outcomes) == [(0, 0), (0, 0), (0, 0), (1, 0)]
    async with database.sessions() as db:
        messages = (await db.scalars(select(Message).where(Message.kind == MessageKind.ACCOUNT_ERASED))).all()
    assert len(messages) == 1


async def test_erased_address_is_free_for_a_new_account(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await live_and_close(app, client, database)
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions.begin() as db:
        db.add(
            Account(
                status=AccountStatus.UNVERIFIED,
                email="member@demo.example",
                email_key="member@demo.example",
                display_name="Uusi",
            )
        )


async def test_erasure_of_last_administrator_leaves_organization_vacant(cast: Cast, database: Database) -> None:
    account = await account_of(database, "administrator")
    assert (await close(cast, "administrator", insist=True))["userErrors"] == []
    await let_grace_pass(database)
    assert await erase_due(database) == (1, 0)
    assert await status_of(database) is OrganizationStatus.ADMINISTRATOR_VACANT
    async with database.sessions() as db:
        ended = (await db.scalars(select(Membership.status).where(Membership.account_id == account.id))).all()
    assert set(ended) == {MembershipStatus.ENDED}


async def test_erasure_follows_the_clock_of_its_caller(cast: Cast, database: Database) -> None:
    """A rehearsal moves `now`, and every date of the erasure is that one."""
    await close(cast, "member")
    account = await account_of(database, "member")
    rehearsed = now() + GRACE + timedelta(days=1)
    for at, is_erased in ((rehearsed - timedelta(days=2), False), (rehearsed, True)):
        async with database.sessions.begin() as db:
            assert (account.id in await due_accounts(db, now=at)) == is_erased
            assert await erase_account(db, ACTOR, account.id, now=at) == is_erased
    async with database.sessions() as db:
        closure = (await db.scalars(select(AccountClosure))).one()
        ended = await db.scalars(select(Membership.ended_at).where(Membership.account_id == account.id))
        assert {closure.erased_at, *ended} == {rehearsed}
        assert await db.scalar(select(Message.created_at).where(Message.account_id.is_(None))) == rehearsed
