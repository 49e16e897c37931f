"""Erasure of a closed account after its grace period: no table keeps personal data of it.

Its id stays without a name in the audit (whose chain stays valid), in ended memberships and in old codes. So the
actions of others and the counts of the renewal still add up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from models.account import Account, AccountStatus, EmailConfirmation
from models.device import Device
from models.drop import DropRow, Outcome, UndecidedRow
from models.legacy_code import LegacyCode, LegacyCodeKind
from models.mailed_secret import AccountClosure, Alarm, EmailChange, EmailProof, PasswordReset, SignUp
from models.membership import Membership, MembershipStatus, ServiceAccess
from models.message import Message, MessageStatus
from models.refresh_token import RefreshToken
from models.session import Session
from models.staff import StaffGrant
from models.superseded_token import SupersededToken
from models.task import Task
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.locks import lock_account, lock_administered
from usecases.mail.enqueue import NewMessage, Recipient, enqueue
from usecases.mail.message_kind import MessageKind

FAREWELL_KEPT = timedelta(days=7)  # after it was sent, so that a bounce or a question about the last message finds it

_OWN = (Device, Task, SignUp, EmailProof, PasswordReset, Alarm, EmailChange, EmailConfirmation)
_KEPT_OF_ROW = {"file_id", "row", "service_id", "outcome", "flags", "own_flags", "vanished_at", "kind"}
_OVER = (MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.DOUBTFUL)


async def due_accounts(db: AsyncSession, *, now: datetime) -> Sequence[UUID]:
    """Return the closed accounts whose grace period is over."""
    due = select(AccountClosure.account_id).where(_DUE, AccountClosure.erase_after <= now)
    return list(await db.scalars(due.order_by(AccountClosure.erase_after)))


async def erase_account(db: AsyncSession, actor: Actor, account_id: UUID, *, now: datetime) -> bool:
    """Erase an account whose grace period is over; return False if it is not over, or the closing was undone."""
    account = await lock_account(db, account_id)
    ended = update(AccountClosure).where(
        AccountClosure.account_id == account_id, _DUE, AccountClosure.erase_after <= now
    )
    if account is None or await db.scalar(ended.values(erased_at=now).returning(AccountClosure.id)) is None:
        return False
    await lock_administered(db, [account_id])
    farewell = Recipient(None, str(account.email), str(account.email_key), account.language, account.display_name)
    await _erase_imported(db, account_id, await _addresses(db, account))
    await _end_memberships(db, account_id, now)
    await _delete_own(db, account_id, farewell.email_key)
    _empty(account)
    await db.flush()
    await erase_history(db, account_id)
    enqueue(db, NewMessage(MessageKind.ACCOUNT_ERASED, farewell), now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_ERASE, account_id))
    await db.flush()
    return True


async def erase_history(db: AsyncSession, account_id: UUID) -> None:
    """Erase the personal parts of an erased account's audit entries; the entries and their chain stay."""
    await db.execute(select(func.erase_from_audit(account_id)))


async def forget_farewells(db: AsyncSession, *, now: datetime) -> None:
    """Delete the last messages to erased accounts, which hold their addresses, a week after they were sent."""
    over = delete(Message).where(
        Message.kind == MessageKind.ACCOUNT_ERASED,
        Message.status.in_(_OVER),
        func.coalesce(Message.sent_at, Message.created_at) <= now - FAREWELL_KEPT,
    )
    await db.execute(over)


_DUE = AccountClosure.undone_at.is_(None) & AccountClosure.erased_at.is_(None)


async def _addresses(db: AsyncSession, account: Account) -> list[str]:
    """Return the keys of the account's present and former addresses, except those that another account has by now."""
    confirmed = select(EmailConfirmation.email_key).where(EmailConfirmation.account_id == account.id)
    former = select(EmailChange.old_email_key).where(EmailChange.account_id == account.id)
    keys = {account.email_key, *await db.scalars(confirmed), *await db.scalars(former)}
    others = select(Account.email_key).where(Account.email_key.in_(keys), Account.id != account.id)
    return sorted(str(key) for key in keys - set(await db.scalars(others)))


async def _erase_imported(db: AsyncSession, account_id: UUID, addresses: list[str]) -> None:
    """Delete the data of old services about the person: proofs and names of their old codes, and the imported rows."""
    own = select(LegacyCode).where(LegacyCode.account_id == account_id, LegacyCode.kind == LegacyCodeKind.PERSON)
    for code in await db.scalars(own.with_for_update()):
        of_code = (DropRow.service_id == code.service_id) & (DropRow.code_key == code.code_key)
        await db.execute(_emptied_rows(of_code))
        code.code = code.code_key = f"erased:{code.id}"
        code.proof_scheme = code.proof_settings = code.proof_hash = None
    told = or_(DropRow.email_key.in_(addresses), DropRow.email_candidates.op("&&")(cast(addresses, ARRAY(Text()))))
    await db.execute(_emptied_rows(told))


def _emptied_rows(which: ColumnElement[bool]) -> Any:
    """Return the statement that keeps only the place and the outcome of rows, because the reports count these."""
    nothing: dict[str, Any] = {
        column.name: False if column.name in {"current", "linkable", "locked", "proof_pending"} else None
        for column in DropRow.__table__.columns
        if column.name not in _KEPT_OF_ROW
    }
    nothing["outcome"] = func.coalesce(DropRow.outcome, Outcome.REJECT_ROW)
    emptied = update(DropRow).where(which).values(nothing).returning(DropRow.file_id, DropRow.row).cte("emptied")
    is_emptied = (UndecidedRow.file_id == emptied.c.file_id) & (UndecidedRow.row == emptied.c.row)
    return delete(UndecidedRow).where(is_emptied).execution_options(synchronize_session=False)


async def _end_memberships(db: AsyncSession, account_id: UUID, now: datetime) -> None:
    memberships = select(Membership.id).where(Membership.account_id == account_id)
    accesses = update(ServiceAccess).where(
        ServiceAccess.membership_id.in_(memberships), ServiceAccess.ended_at.is_(None)
    )
    await db.execute(accesses.values(ended_at=now), execution_options={"synchronize_session": False})
    live = update(Membership).where(Membership.account_id == account_id, Membership.status != MembershipStatus.ENDED)
    ended = live.values(status=MembershipStatus.ENDED, ended_at=now, version=Membership.version + 1)
    await db.execute(ended, execution_options={"synchronize_session": False})
    grants = update(StaffGrant).where(StaffGrant.account_id == account_id, StaffGrant.revoked_at.is_(None))
    await db.execute(grants.values(revoked_at=now), execution_options={"synchronize_session": False})


async def _delete_own(db: AsyncSession, account_id: UUID, email_key: str) -> None:
    """Delete the rows that belong to this person only, and the messages to their address that name no account."""
    sessions = select(Session.id).where(Session.account_id == account_id)
    messages = (Message.account_id == account_id) | (Message.account_id.is_(None) & (Message.email_key == email_key))
    deletions = [
        delete(RefreshToken).where(RefreshToken.session_id.in_(sessions)),
        delete(SupersededToken).where(SupersededToken.session_id.in_(sessions)),
        delete(Session).where(Session.account_id == account_id),
        delete(Message).where(messages),
        *(delete(table).where(table.account_id == account_id) for table in _OWN),
    ]
    for deletion in deletions:
        await db.execute(deletion, execution_options={"synchronize_session": False})


def _empty(account: Account) -> None:
    account.status, account.version = AccountStatus.ERASED, account.version + 1
    account.email = account.email_key = account.email_undeliverable_at = None
    account.display_name, account.given_name, account.family_name, account.phone = "", None, None, None
    account.preferred_language = account.password_hash = account.password_set_at = None
