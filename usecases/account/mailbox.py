"""Mailboxes: read as typed, found by their key, proved by their readers, and freed of who never proved them."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus, EmailConfirmation
from models.db.query import DatabaseUnavailableError
from models.proof import Alarm
from models.task import TaskKind
from models.values.email import EmailAddress, parse_email
from models.values.refusal import InvalidValue
from usecases.account.task import complete_task
from usecases.account.unconfirmed import discard
from usecases.audit.deed import Author
from usecases.clock import now
from usecases.mail.enqueue import Recipient
from usecases.organization.administrators import restore_administered
from usecases.organization.locks import lock_account
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.proof import supersede

TRIES = 5  # for an address that others sign up with and leave at the same instant


class ContendedError(DatabaseUnavailableError):
    """Others take the address and leave it at this very instant; the caller may try again."""

    def __init__(self) -> None:
        super().__init__("others take and leave this address at the same instant; try again shortly")


def read_email(text: str) -> EmailAddress:
    """Return the address in the input's field `email`; raises RefusedError INVALID, which says nothing of accounts."""
    try:
        return parse_email(text)
    except InvalidValue as invalid:
        raise RefusedError([Refusal(RefusalCode.INVALID, invalid.code, ("input", "email"))]) from invalid


async def locked_account(session: AsyncSession, account_id: UUID | None) -> Account | None:
    """Lock an account and return it; every action on an account does that first (`usecases.organization.locks`)."""
    return await lock_account(session, account_id)


async def account_with(session: AsyncSession, email_key: str) -> Account | None:
    """Return the account that has an address, locked."""
    found = select(Account).where(Account.email_key == email_key, Account.status != AccountStatus.ERASED)
    return await session.scalar(found.with_for_update(key_share=True))


def recipient(account: Account) -> Recipient:
    """Return an account's owner as a message's recipient, at the address we keep and never the one that was typed."""
    # A name that nobody has proved to be her own does not greet her (B26).
    name = "" if account.status is AccountStatus.UNVERIFIED else account.display_name
    return Recipient(account.id, str(account.email), str(account.email_key), account.language, name)


async def confirm_mailbox(session: AsyncSession, author: Author, account: Account) -> None:
    """Record that the owner of a locked account reads its mailbox, and end what their unreachability caused."""
    account.email_undeliverable_at = None
    proof = insert(EmailConfirmation).values(account_id=account.id, email_key=account.email_key, confirmed_at=now())
    await session.execute(proof.on_conflict_do_nothing())
    await complete_task(session, account.id, TaskKind.CONFIRM_EMAIL)
    await restore_administered(session, author, account.id)


async def move_to_mailbox(session: AsyncSession, author: Author, account: Account, address: EmailAddress) -> None:
    """Give a locked account another address, whose mailbox its owner reads; the proof of the former one is deleted.

    Raises RefusedError EMAIL_TAKEN when another account has the address. The owner reads that mailbox, so may know.
    """
    await _take_address(session, account, address)
    await supersede(session, Alarm, account.id)  # their links went to the former address
    account.version += 1
    await confirm_mailbox(session, author, account)
    former = (EmailConfirmation.account_id == account.id) & (EmailConfirmation.email_key != address.key)
    await session.execute(delete(EmailConfirmation).where(former))


async def _take_address(session: AsyncSession, account: Account, address: EmailAddress) -> None:
    """Write the address; retry when somebody signs up with it between the release and the write."""
    for _ in range(TRIES):
        await _release(session, address.key, account.id)
        savepoint = await session.begin_nested()
        account.email, account.email_key = address.delivery, address.key
        try:
            await session.flush()
        except IntegrityError as error:
            await savepoint.rollback()
            await session.refresh(account)
            if not await _is_unverified(session, address.key):
                raise RefusedError([Refusal(RefusalCode.EMAIL_TAKEN, "EMAIL_TAKEN", ("input", "token"))]) from error
        else:
            await savepoint.commit()
            return
    raise ContendedError


async def _release(session: AsyncSession, email_key: str, keeper: UUID) -> None:
    """Erase the account of somebody who signed up with an address and never proved that it is theirs.

    Only such an account is locked after another one: its own actions lock no second account, so nobody waits in a ring.
    """
    holder = await session.scalar(
        select(Account)
        .where(Account.email_key == email_key, Account.id != keeper, Account.status == AccountStatus.UNVERIFIED)
        .with_for_update(key_share=True)
    )
    if holder is not None:
        await discard(session, holder)


async def _is_unverified(session: AsyncSession, email_key: str) -> bool:
    holder = select(Account.status).where(Account.email_key == email_key)
    return await session.scalar(holder) in (AccountStatus.UNVERIFIED, None)
