"""Sign-up: input about an address has no effect until the reader of its mailbox confirms it.

A sign-up waits in a row of its own with its name and password; the account has neither, and nobody can sign in to it.
The reader confirms by the mailed link: with the password of the sign-up if it was theirs, or with a new password and
name. So nobody can prepare an account for somebody else (pre-hijacking: Sudhodanan and Paverd, USENIX Security 2022).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import NewPassword, PasswordContext, judged
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus, Language
from models.db.errors import ContendedError
from models.mailed_secret import SignUp
from models.values.email import EmailAddress, is_role_mailbox, parse_email
from models.values.person_name import parse_person_name
from models.values.personal_identity_code import redact
from models.values.refusal import InvalidValue
from usecases.account.mailbox import CONTENDED, TRIES, account_with
from usecases.account.new_password import faults
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.constant_time import pad_response_time
from usecases.gate import Gate
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_secret import supersede

WAITING = frozenset({AccountStatus.UNVERIFIED, AccountStatus.PENDING})  # nobody has proved to be the owner yet
# By the state of the existing account of an address; the same statements run for all.
ALREADY_THERE = {
    AccountStatus.ACTIVE: MessageKind.ALREADY_HAVE_ACCOUNT,
    AccountStatus.CLOSED: MessageKind.ALREADY_HAVE_CLOSED_ACCOUNT,
    AccountStatus.SUSPENDED: MessageKind.ACCOUNT_SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class SignUpForm:
    """Input of a sign-up; a mailbox that several people read must be acknowledged."""

    email: str
    display_name: str
    password: str
    language: Language
    acknowledges_role_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class WantedAccount:
    """A sign-up form without faults, parsed."""

    address: EmailAddress
    display_name: str
    password_hash: str
    language: Language


async def sign_up(gate: Gate, form: SignUpForm) -> None:
    """Sign up; the work is the same whether the address has an account or not.

    Raises RefusedError for what is wrong with the form, RateLimitedError, or PasswordWorkBusyError.
    """
    # Not against what we know of the address's owner: the answer would tell that they have an account.
    about = PasswordContext(personal_words(form.email[:254], [form.display_name[:100]]))
    new = await judged(gate.resources.passwords, gate.resources.old_passwords, form.password, about)

    async def ask(db: AsyncSession, actor: Actor, now: datetime) -> None:
        wanted = _read_form(form, new)
        await gate.limit_mail(wanted.address)
        await _keep_sign_up(db, actor, wanted, now=now)

    async with pad_response_time():  # making an account takes a fraction of a millisecond more than finding one
        await gate.run(ask)


def _read_form(form: SignUpForm, new: NewPassword) -> WantedAccount:
    """Parse a form; raises RefusedError with all its faults at once."""
    refusals: list[Refusal] = []
    address = display_name = None
    try:
        address = parse_email(form.email)
    except InvalidValue as invalid:
        refusals.append(Refusal(RefusalCode.INVALID, invalid.code, ("email",)))
    if address is not None and is_role_mailbox(address) and not form.acknowledges_role_mailbox:
        refusals.append(Refusal(RefusalCode.ACKNOWLEDGEMENT_REQUIRED, "ROLE_MAILBOX", ("email",)))
    try:
        display_name = read_name(form.display_name)
    except InvalidValue as invalid:
        refusals.append(Refusal(RefusalCode.INVALID, invalid.code, ("display_name",)))
    refusals += faults(new, "password")
    if refusals or address is None or display_name is None:
        raise RefusedError(refusals)
    return WantedAccount(address, display_name, new.hash, form.language)


async def _keep_sign_up(db: AsyncSession, actor: Actor, wanted: WantedAccount, *, now: datetime) -> None:
    """Store a sign-up until its mailbox is proved, superseding an earlier one of the same address.

    An address that has an account already takes the same statements; its owner is told by mail, and nothing else
    happens (B16).
    """
    account = await _account_for(db, wanted.address, wanted.language)
    waits = account.status in WAITING
    secret, secret_hash = issue(TokenKind.SIGN_UP)
    await supersede(db, SignUp, account.id, now)
    kept = SignUp(
        account_id=account.id,
        email_key=wanted.address.key,
        display_name=wanted.display_name if waits else "",
        language=wanted.language,
        password_hash=wanted.password_hash if waits else "",
        secret_hash=secret_hash,
        created_at=now,
        expires_at=now + MessageKind.SIGN_UP_CONFIRM.life,
        ended_at=None if waits else now,
    )
    db.add(kept)
    if waits:
        _send_link(db, account, kept, secret, now)
    else:
        told = NewMessage(ALREADY_THERE[account.status], recipient(account), {"at": now})
        enqueue(db, told, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_SIGN_UP, account.id))
    await db.flush()


async def renew_sign_up(db: AsyncSession, account: Account, at: datetime) -> None:
    """Mail a new link for the waiting sign-up, if there is one; the former link ends."""
    secret, secret_hash = issue(TokenKind.SIGN_UP)
    renewed = (
        update(SignUp)
        .where(SignUp.account_id == account.id, SignUp.consumed_at.is_(None), SignUp.ended_at.is_(None))
        .values(secret_hash=secret_hash, expires_at=at + MessageKind.SIGN_UP_CONFIRM.life)
        .returning(SignUp)
    )
    waiting = await db.scalar(renewed)
    if waiting is not None:
        _send_link(db, account, waiting, secret, at)


def _send_link(db: AsyncSession, account: Account, waiting: SignUp, secret: str, at: datetime) -> None:
    told = NewMessage(MessageKind.SIGN_UP_CONFIRM, recipient(account), {"until": waiting.expires_at}, secret)
    enqueue(db, told, at)


async def _account_for(db: AsyncSession, address: EmailAddress, language: Language) -> Account:
    """Return the account of an address, locked; without one, first make an account that has no rights."""
    for _ in range(TRIES):
        await db.execute(_new_account(address, language))
        account = await account_with(db, address.key)
        if account is not None:
            break
    else:  # after each insertion the other account gave up the address
        raise ContendedError(CONTENDED)
    if account.status is AccountStatus.UNVERIFIED:
        account.email, account.language = address.delivery, language
    return account


def _new_account(address: EmailAddress, language: Language) -> Insert:
    new = insert(Account).values(
        id=uuid7(),
        status=AccountStatus.UNVERIFIED,
        email=address.delivery,
        email_key=address.key,
        display_name=address.delivery,
        language=language,
    )
    return new.on_conflict_do_nothing()  # many at once make one account (B81)


def read_name(text: str) -> str:
    """Return a display name; raises InvalidValue, also for a name that contains a personal identity code."""
    name = parse_person_name(text)
    if redact(name)[1]:
        raise InvalidValue("PERSONAL_IDENTITY_CODE", "Leave the personal identity code out; it is never kept.")
    return name
