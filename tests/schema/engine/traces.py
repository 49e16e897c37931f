"""A person with rows in every table that can hold personal data, for tests of export and erasure."""

from datetime import timedelta

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from models.account import Account, EmailConfirmation, Language
from models.db.base import Base
from models.db.clock import now
from models.drop import Drop, DropFile, DropRow, Outcome
from models.legacy_code import LegacyCode, LegacyCodeKind, LegacyCodeStatus
from models.mailed_secret import EmailChange, EmailProof, PasswordReset, SignUp
from models.message import Message
from models.service import Service
from models.staff import StaffGrant, StaffRole
from models.task import Task, TaskKind
from server.db.database import Database
from tests.schema.asking import account_of, post, sign_in
from tests.schema.mutations.session.session_facts import refresh, tokens_of
from usecases.mail.message_kind import MessageKind

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


async def live(app: Starlette, database: Database) -> str:
    """Let the member act from an address and a browser of their own; return their access token."""
    transport = httpx.ASGITransport(app, client=("198.51.100.77", 4711))
    headers = {"User-Agent": "Jussinselain/1.0"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as owner:
        await sign_in(owner, "member", "wrong-password-of-jussi")
        tokens = await refresh(owner, (await tokens_of(owner, "member"))["refreshToken"])
        token: str = tokens["accessToken"]
        change = """mutation($v: Int!, $n: String) { profileUpdate(input: {version: $v, displayName: $n,
          givenName: "Jussi", familyName: "Erotettava", phone: "0401112223"}) { userErrors { code } } }"""
        for name in ("Jussi Erotettava", "12"):
            await post(owner, change, {"v": 1, "n": name}, {"Authorization": f"Bearer {token}"})
    account = await account_of(database, "member")
    assert account.family_name == "Erotettava"
    await leave_traces(database, account)
    return token


async def leave_traces(database: Database, account: Account) -> None:
    """Insert the rows that other actions of the member would write."""
    key = str(account.email_key)
    async with database.sessions.begin() as db:
        service = (await db.scalars(select(Service).where(Service.code == "EXTRANET"))).one()
        drop = Drop(manifest_sha256="0" * 64, produced_at=now())
        db.add(drop)
        await db.flush()
        file = DropFile(
            drop_id=drop.id, position=1, name="x", service_id=service.id, sequence=1, format="x", sha256="", rows=4
        )
        db.add(file)
        await db.flush()
        db.add_all(_rows_of_drops(file, service, key))
        db.add(_legacy_code(account, service))
        db.add_all(_secrets(account, key))
        db.add_all(_records(account, key))


def _rows_of_drops(file: DropFile, service: Service, key: str) -> list[DropRow]:
    """Return imported rows about the member; the last one is about somebody else."""
    row = {"file_id": file.id, "service_id": service.id, "flags": [], "own_flags": [], "current": True}
    own = {"code": "Jussi-1977", "code_key": "jussi-1977", "name": "Jussi", "phone": "+358401112223"}
    return [
        DropRow(**row, row=1, **own, customer_number="0009912345"),
        DropRow(**row, row=2, email="Member@demo.example", email_key=key, content=b"Jussi", code="x"),
        DropRow(**row, row=3, email_candidates=[key, "b@b.example"], outcome=Outcome.NEEDS_EMAIL, code="y"),
        DropRow(**row, row=4, email="a@b.example", email_key="a@b.example", name="Anna", code="0009912"),
    ]


def _legacy_code(account: Account, service: Service) -> LegacyCode:
    return LegacyCode(
        account_id=account.id,
        service_id=service.id,
        code="Jussi-1977",
        code_key="jussi-1977",
        kind=LegacyCodeKind.PERSON,
        status=LegacyCodeStatus.LINK_PENDING,
        proof_scheme="bcrypt",
        proof_settings="bcrypt-of-jussi",
        proof_hash="proof-of-jussi",
    )


def _secrets(account: Account, key: str) -> list[Base]:
    """Return mailed secrets whose links are not opened yet."""
    own, soon = {"account_id": account.id}, now() + timedelta(hours=1)
    former, wished = "jussi.jasen@former.example", "jussi.jasen@wished.example"
    change = {"old_email": former, "old_email_key": former, "new_email": wished, "new_email_key": wished}
    sign_up = {"display_name": "Jussi", "language": Language.FI, "password_hash": "proof-of-jussi"}
    return [
        SignUp(**own, email_key=key, **sign_up, secret_hash=b"1" * 32, expires_at=soon),
        EmailProof(**own, email_key=key, secret_hash=b"2" * 32, expires_at=soon),
        PasswordReset(**own, email_key=key, secret_hash=b"3" * 32, expires_at=soon),
        EmailChange(**own, **change, secret_hash=b"4" * 32, expires_at=soon),
    ]


def _records(account: Account, key: str) -> list[Base]:
    """Return records of finished actions."""
    own = {"account_id": account.id}
    return [
        EmailConfirmation(**own, email_key="jussi.jasen@former.example"),
        Task(**own, kind=TaskKind.CONFIRM_MEMBERSHIP, done_at=now()),
        StaffGrant(**own, role=StaffRole.SUPPORT, granted_by="command line: root"),
        Message(
            email="member@demo.example",
            email_key=key,
            kind=MessageKind.ALREADY_HAVE_ACCOUNT,
            language=Language.FI,
            facts={"name": "Jussi"},
            verification_code="X",
        ),
    ]
