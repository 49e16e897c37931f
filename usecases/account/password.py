"""Setting a new password: by a link in one's own mailbox, or while signed in after a fresh proof of the former one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import Fault, NewPassword, PasswordFault, fault_of, worth_of
from auth.passwords.strength import Strength
from auth.policies.account import reasons_against_password_change
from auth.tokens import TokenKind
from models.account import AccountStatus
from models.mailed_secret import PASSWORD_RESET_BY_SECRET, Alarm, PasswordReset, SignUp
from models.values.email import EmailAddress
from usecases.account.closing import mail_undo_again
from usecases.account.mailbox import account_with, confirm_mailbox, locked_account, read_email
from usecases.account.new_password import accepted, judge, password_context_of, replace_password
from usecases.account.password_link import send_reset
from usecases.account.sign_up import renew_sign_up
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.constant_time import pad_response_time
from usecases.gate import Gate
from usecases.mail.alarm import enqueue_alarm
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.refusal import refuse_for
from usecases.session.device import forget_devices, present_device
from usecases.session.mailed_link import require_link
from usecases.session.mailed_secret import Link, consume, link_invalid, supersede

RESETTABLE = frozenset({AccountStatus.ACTIVE, AccountStatus.PENDING})


@dataclass(frozen=True, slots=True)
class PasswordWorth:
    """The strength of a password, and the rule that it breaks."""

    strength: Strength
    fault: Fault | None


async def check_password(gate: Gate, password: str, email: str, display_name: str) -> PasswordWorth:
    """Judge a password of the actor, or of a person who is about to sign up; nothing is kept or logged."""
    typed = personal_words(email[:254], [display_name[:100]])
    known = await password_context_of(gate, gate.actor.viewer.account_id)
    words = {**known.words, **typed}
    fault, strength = await gate.resources.passwords.run(lambda: (fault_of(password, words), worth_of(password, words)))
    if fault is None and await gate.resources.old_passwords.include(password, known.old_codes):
        fault = Fault(PasswordFault.OF_OLD_CODE)
    return PasswordWorth(strength, fault)


async def request_password_reset(gate: Gate, email: str) -> None:
    """Mail a link to set a new password; the answer is the same for all, after the same time.

    Raises RefusedError INVALID, or RateLimitedError.
    """

    async def request(db: AsyncSession, actor: Actor, now: datetime) -> None:
        address = read_email(email)
        await gate.limit_mail(address)
        await _mail_link(db, actor, address, now=now)

    async with pad_response_time():
        await gate.run(request)


async def reset_password(gate: Gate, token: str, new_password: str) -> None:
    """Set a new password by a mailed link; raises as `apply_reset` does."""
    link = await require_link(gate, TokenKind.PASSWORD_RESET, PASSWORD_RESET_BY_SECRET, token)
    new = await judge(gate, link.account_id, new_password)
    await gate.run(lambda db, actor, now: apply_reset(db, actor, link, new, now=now))


async def change_password(gate: Gate, new_password: str) -> None:
    """Set a new password while signed in; raises as `apply_change` does."""
    account_id = gate.subject_id = gate.actor.viewer.account_id
    assert account_id is not None, "a viewer who is signed in has an account"
    new = await judge(gate, account_id, new_password)
    await gate.run(lambda db, actor, now: apply_change(db, actor, new, now=now))


async def _mail_link(db: AsyncSession, actor: Actor, address: EmailAddress, *, now: datetime) -> None:
    """Mail the link to the address that we keep.

    An unconfirmed sign-up gets its own link again, which sets a password too. An account that nobody has proved has
    only this one way in (B14). The owner of a closed account gets the link that reopens it: they may not remember that
    they closed it.
    """
    account = await account_with(db, address.key)
    if account is not None and account.status is AccountStatus.UNVERIFIED:
        await renew_sign_up(db, account, now)
    elif account is not None and account.status in RESETTABLE:
        await send_reset(db, account, now)
    elif account is not None and account.status is AccountStatus.CLOSED:
        await mail_undo_again(db, account, now)
    elif account is not None:
        enqueue(db, NewMessage(MessageKind.ACCOUNT_SUSPENDED, recipient(account)), now)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_RESET_REQUEST, account.id if account is not None else None)
    )
    await db.flush()


async def apply_reset(db: AsyncSession, actor: Actor, link: Link, new: NewPassword, *, now: datetime) -> None:
    """Set a new password by a mailed link, which also proves the mailbox; sessions and devices end, the owner is told.

    A prepared account becomes active (B14). Raises RefusedError TOKEN_INVALID, or the rule that the password breaks,
    after which the link still works.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in RESETTABLE:
        raise link_invalid()
    unchanged = PasswordReset.password_set_at.is_not_distinct_from(account.password_set_at)
    await consume(db, PasswordReset, link, account, unchanged, now=now)
    password_hash = accepted(new, "new_password")
    await supersede(db, SignUp, account.id, now)
    account.status = AccountStatus.ACTIVE
    await db.flush()
    await confirm_mailbox(db, actor, account, now)
    ended = await replace_password(db, account, password_hash, now)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id, now))
    await supersede(db, Alarm, account.id, now)  # the reader of the mailbox has the account again
    enqueue_alarm(db, MessageKind.PASSWORD_SET, account, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_RESET, account.id, changes={"sessions_ended": ended}))
    await db.flush()


async def apply_change(db: AsyncSession, actor: Actor, new: NewPassword, *, now: datetime) -> None:
    """Set a new password while signed in; the other sessions and devices end, and the owner is told.

    Raises RefusedError REAUTHENTICATION_REQUIRED, or the rule that the password breaks.
    """
    refuse_for(reasons_against_password_change(actor.viewer, actor.viewer.account_id))
    password_hash = accepted(new, "new_password")
    account = await locked_account(db, actor.viewer.account_id)
    assert account is not None, "a viewer's account is kept"
    ended = await replace_password(db, account, password_hash, now, actor.viewer.session_id)
    await forget_devices(db, account.id, but=await present_device(db, actor, account.id, now))
    enqueue_alarm(db, MessageKind.PASSWORD_CHANGED, account, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_PASSWORD_CHANGE, account.id, changes={"sessions_ended": ended}))
    await db.flush()
