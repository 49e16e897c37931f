"""Secrets sent by mail, one table for each purpose; each works once, in time, for its account and address."""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, Text, any_, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.account import Language
from models.db.base import Base, Id, Moment, checked_text
from models.db.clock import NOW
from models.db.keyset import IDS


class SignUp(Base):
    """A sign-up that waits for the proof of its mailbox; the newest of an account supersedes earlier ones."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        Index(
            "uq_sign_ups_open", "account_id", unique=True, postgresql_where="consumed_at IS NULL AND ended_at IS NULL"
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    email_key: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    language: Mapped[Language] = mapped_column(checked_text(Language))
    password_hash: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class EmailProof(Base):
    """A request to prove again that an active account's owner reads its mailbox."""

    __tablename__ = "email_proofs"
    __table_args__ = (
        Index(
            "uq_email_proofs_open",
            "account_id",
            unique=True,
            postgresql_where="consumed_at IS NULL AND ended_at IS NULL",
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    email_key: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A request to set a new password; void once the password or the address has changed otherwise."""

    __tablename__ = "password_resets"
    __table_args__ = (
        Index(
            "uq_password_resets_open",
            "account_id",
            unique=True,
            postgresql_where="consumed_at IS NULL AND ended_at IS NULL",
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    email_key: Mapped[str] = mapped_column(Text)
    password_set_at: Mapped[datetime | None]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Alarm(Base):
    """The link of one alarm, by which the owner of an account says "This was not me".

    An account may have several at once, one for each alarm. A thief who causes a second alarm must not end the link of
    the first.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index("ix_alarms_open", "account_id", postgresql_where="consumed_at IS NULL AND ended_at IS NULL"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    email_key: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class EmailChange(Base):
    """A change of address: requested, confirmed at the new address, and undone from the old one if a thief made it."""

    __tablename__ = "email_changes"
    __table_args__ = (
        Index(
            "uq_email_changes_open",
            "account_id",
            unique=True,
            postgresql_where="confirmed_at IS NULL AND ended_at IS NULL",
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    old_email: Mapped[str] = mapped_column(Text)
    old_email_key: Mapped[str] = mapped_column(Text)
    new_email: Mapped[str] = mapped_column(Text)
    new_email_key: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    undo_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    undo_expires_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AccountClosure(Base):
    """A closed account's grace period: a mailed link undoes the closing until the account is erased."""

    __tablename__ = "account_closures"
    __table_args__ = (
        Index(
            "uq_account_closures_open",
            "account_id",
            unique=True,
            postgresql_where="undone_at IS NULL AND erased_at IS NULL",
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    undo_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    closed_at: Mapped[Moment]
    erase_after: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


MailedSecret: TypeAlias = SignUp | EmailProof | PasswordReset | Alarm
_SECRET = bindparam("secret_hash", type_=LargeBinary())


def _open_by_secret(kind: type[MailedSecret], *columns: Any) -> Select[Any]:
    """Return the read of a mailed secret that may still be used; only the action that consumes it decides."""
    return select(kind.account_id, *columns).where(
        kind.secret_hash == _SECRET, kind.consumed_at.is_(None), kind.ended_at.is_(None), kind.expires_at > NOW
    )


SIGN_UP_BY_SECRET = _open_by_secret(SignUp, SignUp.password_hash)
EMAIL_PROOF_BY_SECRET = _open_by_secret(EmailProof)
PASSWORD_RESET_BY_SECRET = _open_by_secret(PasswordReset)
ALARM_BY_SECRET = _open_by_secret(Alarm)
EMAIL_CHANGE_BY_UNDO = select(EmailChange.account_id).where(
    EmailChange.undo_hash == _SECRET, EmailChange.undone_at.is_(None), EmailChange.undo_expires_at > NOW
)
CLOSING_BY_UNDO = select(AccountClosure.account_id).where(
    AccountClosure.undo_hash == _SECRET,
    AccountClosure.undone_at.is_(None),
    AccountClosure.erased_at.is_(None),
    AccountClosure.erase_after > NOW,
)
PENDING_EMAILS_OF_ACCOUNTS = select(EmailChange.account_id, EmailChange.new_email).where(
    EmailChange.account_id == any_(IDS),
    EmailChange.confirmed_at.is_(None),
    EmailChange.ended_at.is_(None),
    EmailChange.expires_at > NOW,
)
