"""Mailboxes: parsing of addresses, search by key, proof by the reader, and release of addresses nobody proved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus, EmailConfirmation
from models.db.errors import ContendedError
from models.mailed_secret import Alarm
from models.task import TaskKind
from models.values.email import EmailAddress, parse_email
from models.values.refusal import InvalidValue
from usecases.account.stale_sign_ups import discard
from usecases.account.task import complete_task
from usecases.audit.audit_record import Actor
from usecases.locks import lock_account
from usecases.organization.administrators import restore_administered
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_secret import supersede

TRIES = 5  # for an address that others take and leave at the same instant
CONTENDED = "others take and leave this address at the same instant; try again shortly"


def read_email(text: str) -> EmailAddress:
    """Return the address in the input's field `email`; raises RefusedError INVALID without revealing any account."""
    try:
        return parse_email(text)
    except InvalidValue as invalid:
        raise RefusedError([Refusal(RefusalCode.INVALID, invalid.code, ("email",))]) from invalid


async def locked_account(db: AsyncSession, account_id: UUID | None) -> Account | None:
    """Lock an account and return it; every action on an account does that first (`usecases.locks`)."""
    return await lock_account(db, account_id)


async def account_with(db: AsyncSession, email_key: str) -> Account | None:
    """Lock and return the account that has an address."""
    found = select(Account).where(Account.email_key == email_key, Account.status != AccountStatus.ERASED)
    return await db.scalar(found.with_for_update(key_share=True))


async def confirm_mailbox(db: AsyncSession, actor: Actor, account: Account, now: datetime) -> None:
    """Record that the owner of a locked account reads its mailbox, and undo the effects of earlier bounces."""
    account.email_undeliverable_at = None
    confirmation = insert(EmailConfirmation).values(
        account_id=account.id, email_key=account.email_key, confirmed_at=now
    )
    await db.execute(confirmation.on_conflict_do_nothing())
    await complete_task(db, account.id, TaskKind.CONFIRM_EMAIL, now)
    await restore_administered(db, actor, account.id)


async def move_to_mailbox(
    db: AsyncSession, actor: Actor, account: Account, address: EmailAddress, now: datetime
) -> None:
    """Give a locked account another address, whose mailbox its owner reads; the proof of the former one is deleted.

    Raises RefusedError EMAIL_TAKEN when another account has the address. This may be revealed, because the owner reads
    that mailbox.
    """
    await _take_address(db, account, address)
    await supersede(db, Alarm, account.id, now)  # their links went to the former address
    account.version += 1
    await confirm_mailbox(db, actor, account, now)
    former = (EmailConfirmation.account_id == account.id) & (EmailConfirmation.email_key != address.key)
    await db.execute(delete(EmailConfirmation).where(former))


async def _take_address(db: AsyncSession, account: Account, address: EmailAddress) -> None:
    """Write the address; retry when somebody signs up with it between the release and the write."""
    for _ in range(TRIES):
        await _release(db, address.key, account.id)
        savepoint = await db.begin_nested()
        account.email, account.email_key = address.delivery, address.key
        try:
            await db.flush()
        except IntegrityError as error:
            await savepoint.rollback()
            await db.refresh(account)
            if not await _is_unverified(db, address.key):
                raise RefusedError([Refusal(RefusalCode.EMAIL_TAKEN, "EMAIL_TAKEN", ("token",))]) from error
        else:
            await savepoint.commit()
            return
    raise ContendedError(CONTENDED)


async def _release(db: AsyncSession, email_key: str, keeper: UUID) -> None:
    """Erase the account of somebody who signed up with an address and never proved that it is theirs.

    Only such an account may be locked after another one: its own actions lock no second account, so there is no
    deadlock.
    """
    holder = await db.scalar(
        select(Account)
        .where(Account.email_key == email_key, Account.id != keeper, Account.status == AccountStatus.UNVERIFIED)
        .with_for_update(key_share=True)
    )
    if holder is not None:
        await discard(db, holder)


async def _is_unverified(db: AsyncSession, email_key: str) -> bool:
    holder = select(Account.status).where(Account.email_key == email_key)
    return await db.scalar(holder) in (AccountStatus.UNVERIFIED, None)
