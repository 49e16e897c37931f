"""Change of one's address: requested after a fresh proof of the password, confirmed at the new address.

Until it is confirmed, the old address signs in. A newer request supersedes it, and a new password ends it. It must be
confirmed in a session of the same account. Otherwise a person who clicks a stranger's link would give their own address
to the stranger's account.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.policies.account import reasons_against_email_change
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus
from models.mailed_secret import EmailChange
from models.task import TaskKind
from models.values.email import EmailAddress, is_role_mailbox
from usecases.account.mailbox import locked_account, move_to_mailbox, read_email
from usecases.account.task import complete_task
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.constant_time import pad_response_time
from usecases.gate import Gate
from usecases.mail.enqueue import NewMessage, Recipient, enqueue, recipient
from usecases.mail.facts import Facts
from usecases.mail.masking import masked
from usecases.mail.message_kind import MessageKind
from usecases.refusal import Refusal, RefusalCode, RefusedError, refuse_for
from usecases.session.mailed_secret import end_email_changes, link_invalid
from usecases.session.session import end_other_sessions

CONFIRM_WITHIN = MessageKind.EMAIL_CHANGE_CONFIRM.life
UNDO_WITHIN = MessageKind.EMAIL_CHANGED_NOTICE.life


async def request_email_change(gate: Gate, email: str, acknowledge_role_mailbox: bool) -> None:
    """Ask for another address; neither the answer nor its time tells whether somebody has it.

    Raises RefusedError as `suitable_address` does, or RateLimitedError.
    """

    async def ask(db: AsyncSession, actor: Actor, now: datetime) -> None:
        address = suitable_address(actor, email, acknowledged=acknowledge_role_mailbox)
        await gate.limit_mail(address)
        await _mail_link(db, actor, address, now=now)

    gate.subject_id = gate.actor.viewer.account_id
    async with pad_response_time():
        await gate.run(ask)


def suitable_address(actor: Actor, email: str, *, acknowledged: bool) -> EmailAddress:
    """Return the address that the actor may request; `acknowledged` accepts a mailbox that several people read.

    Another case of the actor's own address is a change like any other. Raises RefusedError REAUTHENTICATION_REQUIRED,
    INVALID or ACKNOWLEDGEMENT_REQUIRED.
    """
    refuse_for(reasons_against_email_change(actor.viewer, actor.viewer.account_id))
    address = read_email(email)
    if actor.viewer.account is not None and address.delivery == actor.viewer.account["account_email"]:
        raise RefusedError([Refusal(RefusalCode.INVALID, "EMAIL_UNCHANGED", ("email",))])
    if is_role_mailbox(address) and not acknowledged:
        raise RefusedError([Refusal(RefusalCode.ACKNOWLEDGEMENT_REQUIRED, "ROLE_MAILBOX", ("email",))])
    return address


async def _mail_link(db: AsyncSession, actor: Actor, address: EmailAddress, *, now: datetime) -> None:
    """Mail a link to a suitable address.

    An address of another account gets the same answer (B03), and its owner a notice.
    """
    account = await locked_account(db, actor.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    await end_email_changes(db, account.id, now)
    secret, secret_hash = issue(TokenKind.EMAIL_CHANGE)
    wanted = _wanted(account, address, secret_hash, now)
    db.add(wanted)
    owner = await _other_owner(db, account, address)
    if owner is None:
        # Without the account's name, because nobody has proved yet that its owner reads this mailbox.
        to = Recipient(account.id, address.delivery, address.key, account.language, "")
        told = NewMessage(MessageKind.EMAIL_CHANGE_CONFIRM, to, {"until": wanted.expires_at}, secret)
    else:
        told = NewMessage(MessageKind.EMAIL_CHANGE_ATTEMPTED, recipient(owner), {"at": now})
    enqueue(db, told, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CHANGE_REQUEST, account.id))
    await db.flush()


async def confirm_email_change(db: AsyncSession, actor: Actor, secret_hash: bytes | None, *, now: datetime) -> None:
    """Switch to the new address. The other sessions end, and the old address gets a link to undo it for a week.

    Raises RefusedError TOKEN_INVALID, also for another account's link, or EMAIL_TAKEN when another account has the
    address by now.
    """
    account = await locked_account(db, actor.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    undo, undo_hash = issue(TokenKind.EMAIL_UNDO)
    change = await _confirm(db, account, secret_hash, undo_hash, now)
    old = recipient(account)
    await move_to_mailbox(db, actor, account, EmailAddress(change.new_email, change.new_email_key), now)
    await complete_task(db, account.id, TaskKind.CHOOSE_OWN_EMAIL, now)
    ended = await end_other_sessions(db, account.id, actor.viewer.session_id, now)
    facts: Facts = {"at": now, "until": now + UNDO_WITHIN, "new_email": masked(change.new_email)}
    enqueue(db, NewMessage(MessageKind.EMAIL_CHANGED_NOTICE, old, facts, undo), now)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CHANGE_CONFIRM, account.id, changes={"sessions_ended": len(ended)})
    )
    await db.flush()


def _wanted(account: Account, address: EmailAddress, secret_hash: bytes, at: datetime) -> EmailChange:
    return EmailChange(
        account_id=account.id,
        old_email=account.email,
        old_email_key=account.email_key,
        new_email=address.delivery,
        new_email_key=address.key,
        secret_hash=secret_hash,
        created_at=at,
        expires_at=at + CONFIRM_WITHIN,
    )


async def _other_owner(db: AsyncSession, account: Account, address: EmailAddress) -> Account | None:
    """Return the other account that has the address, if its owner has proved it."""
    return await db.scalar(
        select(Account).where(
            Account.email_key == address.key,
            Account.id != account.id,
            Account.status.not_in((AccountStatus.ERASED, AccountStatus.UNVERIFIED)),
        )
    )


async def _confirm(
    db: AsyncSession, account: Account, secret_hash: bytes | None, undo_hash: bytes, at: datetime
) -> EmailChange:
    """Mark a change as confirmed by one guarded statement, and keep the hash of the secret that undoes it."""
    confirmed = (
        update(EmailChange)
        .where(
            EmailChange.secret_hash == secret_hash,
            EmailChange.account_id == account.id,
            EmailChange.old_email_key == account.email_key,
            EmailChange.confirmed_at.is_(None),
            EmailChange.ended_at.is_(None),
            EmailChange.expires_at > at,
        )
        .values(confirmed_at=at, undo_hash=undo_hash, undo_expires_at=at + UNDO_WITHIN)
        .returning(EmailChange)
    )
    change = await db.scalar(confirmed)
    if change is None:
        raise link_invalid()
    return change
