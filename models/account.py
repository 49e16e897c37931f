"""Accounts: one person's login each, and the proof that its e-mail address is theirs."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid, any_, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Id, Moment, Version, checked_text
from models.db.keyset import IDS, nodes
from models.db.query import labelled


class AccountStatus(StrEnum):
    """States of an account; the database refuses every move that is not a named action."""

    PENDING = "PENDING"
    UNVERIFIED = "UNVERIFIED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"
    ERASED = "ERASED"


class Language(StrEnum):
    """Languages of our texts."""

    FI = "fi"
    SV = "sv"
    EN = "en"


class Account(Base):
    """One person's login, identified by their own e-mail address."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index("uq_accounts_email_key_live", "email_key", unique=True, postgresql_where="status <> 'ERASED'"),
        CheckConstraint("email_key ~ '^[!-~]+@[!-~]+$' AND email_key !~ '[A-Z]'", name="email_key_canonical"),
        CheckConstraint("(email IS NULL) = (status = 'ERASED')", name="email_kept_until_erased"),
        CheckConstraint("(email_key IS NULL) = (status = 'ERASED')", name="email_key_kept_until_erased"),
    )

    id: Mapped[Id]
    status: Mapped[AccountStatus] = mapped_column(checked_text(AccountStatus))
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    email_undeliverable_at: Mapped[datetime | None]
    display_name: Mapped[str] = mapped_column(Text)
    given_name: Mapped[str | None] = mapped_column(Text)
    family_name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[Language] = mapped_column(checked_text(Language), default=Language.FI)
    preferred_language: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[datetime | None]
    created_at: Mapped[Moment]
    version: Mapped[Version]

    def set_password(self, password_hash: str, now: datetime) -> None:
        """Replace the hash of the password and its date."""
        self.password_hash, self.password_set_at = password_hash, now


class EmailConfirmation(Base):
    """Proof that an account's owner reads a mailbox; it holds for that address only, so a change of address ends it."""

    __tablename__ = "email_confirmations"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    email_key: Mapped[str] = mapped_column(Text, primary_key=True)
    confirmed_at: Mapped[Moment]


COLUMNS = labelled(
    "account",
    Account.id,
    Account.status,
    Account.email,
    Account.display_name,
    Account.given_name,
    Account.family_name,
    Account.phone,
    Account.language,
    Account.preferred_language,
    Account.created_at,
    Account.version,
)
CONFIRMATION = (EmailConfirmation.account_id == Account.id) & (EmailConfirmation.email_key == Account.email_key)

ACCOUNTS_BY_ID = nodes("Account", select(*COLUMNS), Account.id)
EMAIL_CONFIRMATIONS_OF_ACCOUNTS = (
    select(EmailConfirmation.account_id, EmailConfirmation.confirmed_at)
    .join_from(EmailConfirmation, Account, CONFIRMATION)
    .where(EmailConfirmation.account_id == any_(IDS))
)
_CREDENTIALS = select(Account.id, Account.status, Account.password_hash, Account.password_set_at).where(
    Account.status != AccountStatus.ERASED
)
CREDENTIAL = _CREDENTIALS.where(Account.email_key == bindparam("email_key", type_=Text()))
CREDENTIAL_BY_ID = _CREDENTIALS.where(Account.id == bindparam("account_id", type_=Uuid()))
