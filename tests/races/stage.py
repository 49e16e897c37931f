"""Two administrators of the same two organizations, with every secret that an action may use."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.hashing import HASHER
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.device import Device
from models.mailed_secret import AccountClosure, EmailChange, EmailProof, PasswordReset
from models.membership import Membership, MembershipStatus, Role
from models.message import Message, MessageStatus
from models.organization import IdentifierScheme, Organization, OrganizationStatus
from models.refresh_token import RefreshToken
from models.session import Session, Transport
from server.db.database import Database
from usecases.mail.message_kind import MessageKind
from usecases.session.device import device_hash

PASSWORD = "vanhan myllyn kalat uivat"
LATER = timedelta(hours=1)


class State(StrEnum):
    """States of a person's account at the beginning of a round."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    DUE = "DUE"  # closed, and the grace period is over


@dataclass
class Person:
    """An administrator and the secrets in their mailbox and devices."""

    email: str
    state: State
    id: UUID = field(default_factory=uuid4)
    secrets: dict[TokenKind, str] = field(default_factory=dict)
    used_refresh_token: str = ""
    other_session: UUID = field(default_factory=uuid4)
    organization: UUID = field(default_factory=uuid4)  # one of the two

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of the person's app."""
        return {"Authorization": f"Bearer {self.secrets[TokenKind.ACCESS]}"}

    def issued(self, kind: TokenKind) -> bytes:
        """Issue and keep a secret; return its hash."""
        self.secrets[kind], secret_hash = issue(kind)
        return secret_hash


async def set_stage(database: Database, *states: State) -> list[Person]:
    """Return the people of a round, each an administrator of two organizations."""
    people = [Person(f"p{uuid4().hex}@posti.example", state) for state in states]
    status = OrganizationStatus.ACTIVE if State.ACTIVE in states else OrganizationStatus.ADMINISTRATOR_VACANT
    async with database.sessions.begin() as db:
        for person in people:
            await _add_person(db, person)
        for _ in range(2):
            await _add_organization(db, status, people)
    return people


async def _add_organization(db: AsyncSession, status: OrganizationStatus, people: list[Person]) -> None:
    identity = uuid4()
    organization = Organization(id=identity, status=status, name="Oy", name_sort_key="oy")
    organization.identifier_scheme, organization.identifier = IdentifierScheme.INTERNAL, str(identity)
    db.add(organization)
    await db.flush()
    for person in people:
        person.organization = identity
        role, active = Role.ADMINISTRATOR, MembershipStatus.ACTIVE
        db.add(Membership(account_id=person.id, organization_id=identity, role=role, status=active))
    await db.flush()


async def _add_person(db: AsyncSession, person: Person) -> None:
    status = AccountStatus.ACTIVE if person.state is State.ACTIVE else AccountStatus.CLOSED
    account = Account(
        id=person.id, status=status, email=person.email, email_key=person.email, display_name="Aino Pääkäyttäjä"
    )
    account.set_password(_password_hash(), now())
    db.add(account)
    await db.flush()
    db.add(EmailConfirmation(account_id=person.id, email_key=person.email))
    await _add_devices(db, person)
    _add_links(db, person, account)
    if person.state is not State.ACTIVE:
        grace = LATER if person.state is State.CLOSED else -LATER
        undo_hash = person.issued(TokenKind.CLOSING_UNDO)
        db.add(AccountClosure(account_id=person.id, undo_hash=undo_hash, erase_after=now() + grace))
    db.add(_message(person))
    await db.flush()


async def _add_devices(db: AsyncSession, person: Person) -> None:
    """Add two devices with a session each; the first one's refresh token was used a minute ago."""
    ended = None if person.state is State.ACTIVE else now()
    for identity, kept in ((uuid4(), person.issued(TokenKind.ACCESS)), (person.other_session, None)):
        person.issued(TokenKind.DEVICE)
        secret_hash = device_hash(person.secrets[TokenKind.DEVICE], person.id)
        device = Device(account_id=person.id, secret_hash=secret_hash, last_seen_at=now())
        db.add(device)
        await db.flush()
        db.add(_session(person, identity, kept or issue(TokenKind.ACCESS)[1], device.id, ended))
        await db.flush()
        if kept is not None:
            _add_refresh_tokens(db, person, identity)


def _session(person: Person, identity: UUID, access_hash: bytes, device_id: UUID, ended: object) -> Session:
    return Session(
        id=identity,
        account_id=person.id,
        transport=Transport.TOKEN,
        access_hash=access_hash,
        access_expires_at=now() + LATER,
        refresh_key=b"k" * 32,
        device_id=device_id,
        last_seen_at=now(),
        reauthenticated_at=now(),
        expires_at=now() + LATER,
        ended_at=ended,
    )


def _add_refresh_tokens(db: AsyncSession, person: Person, session_id: UUID) -> None:
    used_hash = person.issued(TokenKind.REFRESH)
    person.used_refresh_token = person.secrets[TokenKind.REFRESH]
    minute_ago, until = now() - timedelta(minutes=1), now() + LATER
    for secret_hash, replaced in ((used_hash, minute_ago), (person.issued(TokenKind.REFRESH), None)):
        db.add(RefreshToken(secret_hash=secret_hash, session_id=session_id, replaced_at=replaced, expires_at=until))


def _add_links(db: AsyncSession, person: Person, account: Account) -> None:
    at = {"account_id": person.id, "email_key": person.email, "expires_at": now() + LATER}
    db.add(EmailProof(secret_hash=person.issued(TokenKind.EMAIL_PROOF), **at))
    reset_hash = person.issued(TokenKind.PASSWORD_RESET)
    db.add(PasswordReset(secret_hash=reset_hash, password_set_at=account.password_set_at, **at))
    former, wanted = f"former-{person.email}", f"wanted-{person.email}"
    made = {"account_id": person.id, "expires_at": now() + LATER}
    db.add(
        EmailChange(
            **made,
            **_addresses(person.email, wanted),
            created_at=now(),
            secret_hash=person.issued(TokenKind.EMAIL_CHANGE),
        )
    )
    db.add(
        EmailChange(
            **made,
            **_addresses(former, person.email),
            created_at=now() - LATER,
            secret_hash=issue(TokenKind.EMAIL_CHANGE)[1],
            confirmed_at=now() - LATER,
            undo_hash=person.issued(TokenKind.EMAIL_UNDO),
            undo_expires_at=now() + LATER,
        )
    )


def _addresses(old: str, new: str) -> dict[str, str]:
    return {"old_email": old, "old_email_key": old, "new_email": new, "new_email_key": new}


def _message(person: Person) -> Message:
    return Message(
        account_id=person.id,
        email=person.email,
        email_key=person.email,
        kind=MessageKind.PASSWORD_CHANGED,
        language="fi",
        verification_code=uuid4().hex,
        status=MessageStatus.SENT,
        sent_at=now(),
        created_at=now(),
        send_after=now(),
    )


@cache
def _password_hash() -> str:
    return str(HASHER.hash(PASSWORD))
