"""Mailboxes: read as typed, found by their key, proved by their readers, and freed of who never proved them."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus, EmailConfirmation
from models.proof import Alarm
from models.task import TaskKind
from models.values.email import EmailAddress, parse_email
from models.values.refusal import InvalidValue
from usecases.clock import now
from usecases.post import Recipient
from usecases.proof import supersede
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.task import complete_task
from usecases.unconfirmed import discard


def read_email(text: str) -> EmailAddress:
    """Return the address in the input's field `email`; raises RefusedError INVALID, which says nothing of accounts."""
    try:
        return parse_email(text)
    except InvalidValue as invalid:
        raise RefusedError([Refusal(RefusalCode.INVALID, invalid.code, ("input", "email"))]) from invalid


async def locked_account(session: AsyncSession, account_id: UUID | None) -> Account | None:
    """Return an account, locked so that whatever else changes it waits; every deed locks it first of all."""
    return await session.get(Account, account_id, with_for_update=True) if account_id is not None else None


async def account_with(session: AsyncSession, email_key: str) -> Account | None:
    """Return the account that has an address, locked."""
    found = select(Account).where(Account.email_key == email_key, Account.status != AccountStatus.ERASED)
    return await session.scalar(found.with_for_update())


def recipient(account: Account) -> Recipient:
    """Return an account's owner as a letter's recipient, at the address we keep and never the one that was typed."""
    # A name that nobody has proved to be her own does not greet her (B26).
    name = "" if account.status is AccountStatus.UNVERIFIED else account.display_name
    return Recipient(account.id, str(account.email), str(account.email_key), account.language, name)


async def confirm_mailbox(session: AsyncSession, account: Account) -> None:
    """Write down that an account's owner has shown that she reads its mailbox."""
    account.email_undeliverable_at = None
    proof = insert(EmailConfirmation).values(account_id=account.id, email_key=account.email_key, confirmed_at=now())
    await session.execute(proof.on_conflict_do_nothing())
    await complete_task(session, account.id, TaskKind.CONFIRM_EMAIL)


async def move_to_mailbox(session: AsyncSession, account: Account, address: EmailAddress) -> None:
    """Give an account another address, which its owner has shown to be hers; the proof of the former one is gone.

    Raises RefusedError EMAIL_TAKEN when another account has it. She reads that mailbox, so she may know.
    """
    await _release(session, address.key, account.id)
    await supersede(session, Alarm, account.id)  # their links went to the former address
    account.email, account.email_key = address.delivery, address.key
    account.version += 1
    try:
        await session.flush()
    except IntegrityError as error:
        raise RefusedError([Refusal(RefusalCode.EMAIL_TAKEN, "EMAIL_TAKEN", ("input", "token"))]) from error
    await confirm_mailbox(session, account)
    former = (EmailConfirmation.account_id == account.id) & (EmailConfirmation.email_key != address.key)
    await session.execute(delete(EmailConfirmation).where(former))


async def _release(session: AsyncSession, email_key: str, keeper: UUID) -> None:
    """Erase the account of somebody who signed up with an address and never proved it: it keeps nobody from hers."""
    holder = await account_with(session, email_key)
    if holder is not None and holder.id != keeper and holder.status is AccountStatus.UNVERIFIED:
        await discard(session, holder)
