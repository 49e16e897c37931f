"""Erasure leaves nothing of a person in any table, and nothing of anybody else is touched."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette

from models.account import Account, AccountStatus, EmailConfirmation, Language
from models.audit import AuditEntry
from models.drop import Drop, DropFile, DropRow, Outcome
from models.legacy_code import LegacyCode, LegacyCodeKind, LegacyCodeStatus
from models.membership import Membership, MembershipStatus, ServiceAccess
from models.message import Letter, Message, MessageStatus
from models.organization import OrganizationStatus
from models.proof import EmailChange, EmailProof, PasswordReset, SignUp
from models.service import Service
from models.staff import StaffGrant, StaffRole
from models.task import Task, TaskKind
from server.database import Database
from server.erasure import erase_due
from tests.cast import Cast
from tests.schema.asking import account_of, post, sign_in
from tests.schema.closing import CLOSE, close, let_grace_pass, status_of
from usecases.audit_chain import verify_chain
from usecases.clock import now

PERSONAL = {
    "member@demo.example",
    "jussi.jasen@former.example",
    "jussi.jasen@wished.example",
    "Jussi",
    "Erotettava",
    "401112223",
    "198.51.100",
    "Jussinselain",
    "jussi-1977",
    "proof-of-jussi",
    "bcrypt-of-jussi",
    "0009912345",
}


@pytest.fixture
async def her(app: Starlette, cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client at an address of its own, with a browser of its own."""
    transport = httpx.ASGITransport(app, client=("198.51.100.77", 4711))
    headers = {"User-Agent": "Jussinselain/1.0"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client


async def live_and_close(her: httpx.AsyncClient, database: Database) -> Account:
    """Let the member leave traces wherever one can, close the account, and return it as it was."""
    await sign_in(her, "member", "wrong-password-of-jussi")
    token = (await sign_in(her, "member")).json()["data"]["signIn"]["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    change = """mutation($v: Int!, $n: String) { profileUpdate(input: {version: $v, displayName: $n,
      givenName: "Jussi", familyName: "Erotettava", phone: "0401112223"}) { userErrors { code } } }"""
    for name in ("Jussi Erotettava", "12"):
        await post(her, change, {"v": 1, "n": name}, headers)
    account = await account_of(database, "member")
    assert account.family_name == "Erotettava"
    await leave_traces(database, account)
    assert (await post(her, CLOSE, {}, headers)).json()["data"]["accountClose"]["userErrors"] == []
    return account


async def leave_traces(database: Database, account: Account) -> None:
    """Put into the tables what other deeds of hers would."""
    own, soon, key = {"account_id": account.id}, now() + timedelta(hours=1), str(account.email_key)
    async with database.sessions.begin() as session:
        service = (await session.scalars(select(Service).where(Service.code == "EXTRANET"))).one()
        drop = Drop(manifest_sha256="0" * 64, produced_at=now())
        session.add(drop)
        await session.flush()
        file = DropFile(
            drop_id=drop.id, position=1, name="x", service_id=service.id, sequence=1, format="x", sha256="", rows=4
        )
        session.add(file)
        await session.flush()
        row = {"file_id": file.id, "service_id": service.id, "flags": [], "own_flags": [], "current": True}
        session.add_all(
            [
                DropRow(
                    **row,
                    row=1,
                    code="Jussi-1977",
                    code_key="jussi-1977",
                    name="Jussi",
                    phone="+358401112223",
                    customer_number="0009912345",
                ),
                DropRow(**row, row=2, email="Member@demo.example", email_key=key, content=b"Jussi", code="x"),
                DropRow(**row, row=3, email_candidates=[key, "b@b.example"], outcome=Outcome.NEEDS_EMAIL, code="y"),
                DropRow(**row, row=4, email="a@b.example", email_key="a@b.example", name="Anna", code="0009912"),
                LegacyCode(
                    **own,
                    service_id=service.id,
                    code="Jussi-1977",
                    code_key="jussi-1977",
                    kind=LegacyCodeKind.PERSON,
                    status=LegacyCodeStatus.LINK_PENDING,
                    proof_scheme="bcrypt",
                    proof_settings="bcrypt-of-jussi",
                    proof_hash="proof-of-jussi",
                ),
                SignUp(
                    **own,
                    email_key=key,
                    display_name="Jussi",
                    language=Language.FI,
                    password_hash="proof-of-jussi",
                    secret_hash=b"1" * 32,
                    expires_at=soon,
                ),
                EmailProof(**own, email_key=key, secret_hash=b"2" * 32, expires_at=soon),
                PasswordReset(**own, email_key=key, secret_hash=b"3" * 32, expires_at=soon),
                EmailChange(
                    **own,
                    old_email="jussi.jasen@former.example",
                    old_email_key="jussi.jasen@former.example",
                    new_email="jussi.jasen@wished.example",
                    new_email_key="jussi.jasen@wished.example",
                    secret_hash=b"4" * 32,
                    expires_at=soon,
                ),
                EmailConfirmation(**own, email_key="jussi.jasen@former.example"),
                Task(**own, kind=TaskKind.CONFIRM_MEMBERSHIP, done_at=now()),
                StaffGrant(**own, role=StaffRole.SUPPORT, granted_by="command line: root"),
                Message(
                    email="member@demo.example",
                    email_key=key,
                    letter=Letter.ALREADY_HAVE_ACCOUNT,
                    language=Language.FI,
                    facts={"name": "Jussi"},
                    verification_code="X",
                ),
            ]
        )


async def found(dsn: str) -> dict[str, list[str]]:
    """Return in which tables which of her values stand, in whatever column."""
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
    """Date every letter as sent that long ago."""
    async with database.sessions.begin() as session:
        await session.execute(update(Message).values(status=MessageStatus.SENT, sent_at=now() - ago))


async def test_nothing_of_her_is_left_in_any_table(her: httpx.AsyncClient, database: Database, dsn: str) -> None:
    await live_and_close(her, database)
    before = await found(dsn)
    assert set(before) >= {"accounts", "audit_entries", "messages", "drop_rows", "legacy_codes", "sessions"}
    await let_grace_pass(database)
    assert await erase_due(database) == (1, 0)
    assert set(await found(dsn)) == {"messages"}, "the last letter has yet to be sent"
    await send_farewells(database, timedelta(days=8))
    assert await erase_due(database) == (0, 0)
    assert await found(dsn) == {}


async def test_what_is_erased_leaves_an_id_without_a_name(her: httpx.AsyncClient, database: Database, dsn: str) -> None:
    account = await live_and_close(her, database)
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions() as session:
        erased = await session.get_one(Account, account.id)
        memberships = (await session.scalars(select(Membership).where(Membership.account_id == account.id))).all()
        accesses = (
            await session.scalars(select(ServiceAccess).where(ServiceAccess.membership_id == memberships[0].id))
        ).all()
        code = (await session.scalars(select(LegacyCode).where(LegacyCode.account_id == account.id))).one()
        grant = (await session.scalars(select(StaffGrant).where(StaffGrant.account_id == account.id))).one()
        rows = (await session.scalars(select(DropRow).order_by(DropRow.row))).all()
        farewell = (await session.scalars(select(Message).where(Message.email_key == "member@demo.example"))).one()
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
    assert rows[2].outcome is Outcome.NEEDS_EMAIL, "what the report counts stays"
    assert (farewell.letter, farewell.account_id) == (Letter.ACCOUNT_ERASED, None)


async def test_the_chain_of_the_audit_holds_and_every_entry_is_still_there(
    her: httpx.AsyncClient, database: Database
) -> None:
    account = await live_and_close(her, database)
    async with database.sessions() as session:
        before = (await session.execute(select(AuditEntry.id, AuditEntry.action).order_by(AuditEntry.id))).all()
        others = select(AuditEntry.address, AuditEntry.changes).where(AuditEntry.subject_id != account.id)
        of_others = (await session.execute(others.order_by(AuditEntry.id))).all()
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions() as session:
        after = (await session.execute(select(AuditEntry.id, AuditEntry.action).order_by(AuditEntry.id))).all()
        assert (await session.execute(others.order_by(AuditEntry.id))).all() == of_others
        verdict = await verify_chain(session, {}, lambda _: None)
    assert after[:-1] == before
    assert after[-1].action == "account.erase"
    assert (verdict.broken, verdict.entries) == (None, len(after))


async def test_nobody_is_erased_before_the_time_or_after_an_undoing(her: httpx.AsyncClient, database: Database) -> None:
    await live_and_close(her, database)
    assert await erase_due(database) == (0, 0)
    await let_grace_pass(database, -timedelta(seconds=60))
    assert await erase_due(database) == (0, 0)
    assert (await account_of(database, "member")).status is AccountStatus.CLOSED


async def test_two_that_erase_at_once_erase_and_write_once(her: httpx.AsyncClient, database: Database) -> None:
    await live_and_close(her, database)
    await let_grace_pass(database)
    outcomes = await asyncio.gather(*(erase_due(database) for _ in range(4)))
    assert sorted(outcomes) == [(0, 0), (0, 0), (0, 0), (1, 0)]
    async with database.sessions() as session:
        letters = (await session.scalars(select(Message).where(Message.letter == Letter.ACCOUNT_ERASED))).all()
    assert len(letters) == 1


async def test_the_address_is_free_for_a_new_account(her: httpx.AsyncClient, database: Database) -> None:
    await live_and_close(her, database)
    await let_grace_pass(database)
    await erase_due(database)
    async with database.sessions.begin() as session:
        session.add(
            Account(
                status=AccountStatus.UNVERIFIED,
                email="member@demo.example",
                email_key="member@demo.example",
                display_name="Uusi",
            )
        )


async def test_a_last_administrator_is_erased_too_and_her_organization_waits_for_another(
    cast: Cast, database: Database
) -> None:
    account = await account_of(database, "administrator")
    assert (await close(cast, "administrator", insist=True))["userErrors"] == []
    await let_grace_pass(database)
    assert await erase_due(database) == (1, 0)
    assert await status_of(database) is OrganizationStatus.ADMINISTRATOR_VACANT
    async with database.sessions() as session:
        ended = (await session.scalars(select(Membership.status).where(Membership.account_id == account.id))).all()
    assert set(ended) == {MembershipStatus.ENDED}
