"""Confirmation of an address by a mailed link: of a new account, of a prepared one, or of one's own again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.rules import NewPassword
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.query import Row
from models.mailed_secret import EMAIL_PROOF_BY_SECRET, SIGN_UP_BY_SECRET, EmailProof, SignUp
from models.values.email import EmailAddress
from models.values.refusal import InvalidValue
from usecases.account.mailbox import account_with, confirm_mailbox, locked_account, read_email
from usecases.account.new_password import accepted, judge, replace_password
from usecases.account.sign_up import WAITING, read_name, renew_sign_up
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.constant_time import pad_response_time
from usecases.gate import Gate
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_link import find_link
from usecases.session.mailed_secret import Link, consume, link_invalid, supersede


@dataclass(frozen=True, slots=True)
class SignUpClaim:
    """Input from the reader of a sign-up's mailbox: the password of the sign-up, or a new password and a name.

    With `claims_sign_up` it is the password of the sign-up, None if it was wrong; the name of the sign-up is kept then.
    """

    password: NewPassword | None
    claims_sign_up: bool
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class GivenProof:
    """The input besides the link that confirms the address of a new account."""

    password: str | None = None
    new_password: str | None = None
    display_name: str | None = None


async def confirm_email(gate: Gate, token: str, given: GivenProof) -> str:
    """Confirm an address by its link, whichever kind of link it is, and return the address.

    Raises RefusedError as `confirm_sign_up` and `confirm_own_email` do, or PasswordWorkBusyError.
    """
    sign_up_found = await find_link(gate, TokenKind.SIGN_UP, SIGN_UP_BY_SECRET, token)
    proof_found = await find_link(gate, TokenKind.EMAIL_PROOF, EMAIL_PROOF_BY_SECRET, token)
    found = sign_up_found or proof_found
    if found is None:
        raise link_invalid()
    link, row = found
    gate.subject_id = link.account_id
    if sign_up_found is None:
        return await gate.run(lambda db, actor, now: confirm_own_email(db, actor, link, now=now))
    claim = await _claim(gate, link, row, given)
    return await gate.run(lambda db, actor, now: confirm_sign_up(db, actor, link, claim, now=now))


async def resend_confirmation(gate: Gate, email: str) -> None:
    """Mail a new link to confirm an address, if there is anything to confirm; the answer is the same for all.

    Raises RefusedError INVALID, or RateLimitedError.
    """

    async def ask(db: AsyncSession, actor: Actor, now: datetime) -> None:
        address = read_email(email)
        await gate.limit_mail(address)
        await _mail_new_link(db, actor, address, now=now)

    async with pad_response_time():
        await gate.run(ask)


async def _claim(gate: Gate, link: Link, row: Row, given: GivenProof) -> SignUpClaim:
    """Check the sign-up's password, and judge it as the account's, whose old codes are only known now."""
    if given.new_password is not None:
        judged_password = await judge(gate, link.account_id, given.new_password)
        return SignUpClaim(judged_password, claims_sign_up=False, display_name=given.display_name)
    if given.password is None:
        return SignUpClaim(None, claims_sign_up=False)
    if not await gate.resources.passwords.matches(row["password_hash"], given.password):
        return SignUpClaim(None, claims_sign_up=True)
    return SignUpClaim(await judge(gate, link.account_id, given.password), claims_sign_up=True)


async def confirm_sign_up(db: AsyncSession, actor: Actor, link: Link, claim: SignUpClaim, *, now: datetime) -> str:
    """Give the account to the reader of its mailbox, with the password they chose; what existed before is ended.

    A prepared account becomes active too; its dormant memberships stay dormant until the person confirms them. Raises
    RefusedError TOKEN_INVALID, PASSWORD_WRONG, REQUIRED, INVALID, or the rule that the password breaks.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in WAITING:
        raise link_invalid()
    await consume(db, SignUp, link, account, now=now)
    waiting = (await db.scalars(select(SignUp).where(SignUp.secret_hash == link.secret_hash))).one()
    password_hash = _password(claim)
    account.display_name = waiting.display_name if claim.claims_sign_up else _name(claim)
    account.language = waiting.language
    account.status = AccountStatus.ACTIVE
    account.version += 1
    await db.flush()
    await confirm_mailbox(db, actor, account, now)
    await replace_password(db, account, password_hash, now)
    waiting.password_hash = ""  # nothing that could be guessed at is kept
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRM, account.id, changes={"status": account.status}))
    await db.flush()
    return str(account.email)


async def confirm_own_email(db: AsyncSession, actor: Actor, link: Link, *, now: datetime) -> str:
    """Write down that an active account's owner reads its mailbox; raises RefusedError TOKEN_INVALID."""
    account = await locked_account(db, link.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise link_invalid()
    await consume(db, EmailProof, link, account, now=now)
    await confirm_mailbox(db, actor, account, now)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRM, account.id))
    await db.flush()
    return str(account.email)


async def _mail_new_link(db: AsyncSession, actor: Actor, address: EmailAddress, *, now: datetime) -> None:
    """Mail a new link to who still has an address to confirm, and end the former."""
    account = await account_with(db, address.key)
    if account is not None and account.status in WAITING:
        await renew_sign_up(db, account, now)
    elif account is not None and account.status is AccountStatus.ACTIVE:
        await _ask_for_proof(db, account, now)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRMATION_RESEND, account.id if account is not None else None)
    )
    await db.flush()


async def _ask_for_proof(db: AsyncSession, account: Account, now: datetime) -> None:
    """Mail a link that proves an active account's address, unless it is proved."""
    if await db.get(EmailConfirmation, (account.id, account.email_key)) is not None:
        return
    secret, secret_hash = issue(TokenKind.EMAIL_PROOF)
    await supersede(db, EmailProof, account.id, now)
    expires_at = now + MessageKind.EMAIL_PROOF.life
    db.add(
        EmailProof(
            account_id=account.id,
            email_key=account.email_key,
            secret_hash=secret_hash,
            created_at=now,
            expires_at=expires_at,
        )
    )
    told = NewMessage(MessageKind.EMAIL_PROOF, recipient(account), {"until": expires_at}, secret)
    enqueue(db, told, now)


def _password(claim: SignUpClaim) -> str:
    if claim.password is None:
        field = ("password",)
        if claim.claims_sign_up:
            raise RefusedError([Refusal(RefusalCode.PASSWORD_WRONG, "SIGN_UP_PASSWORD_WRONG", field)])
        raise RefusedError([Refusal(RefusalCode.REQUIRED, "SIGN_UP_PASSWORD_MISSING", field)])
    return accepted(claim.password, "password" if claim.claims_sign_up else "new_password")


def _name(claim: SignUpClaim) -> str:
    """Return the name that the mailbox's reader gives, because somebody else may have typed the name of the sign-up."""
    try:
        return read_name(claim.display_name or "")
    except InvalidValue as invalid:
        code = RefusalCode.INVALID if claim.display_name else RefusalCode.REQUIRED
        raise RefusedError([Refusal(code, invalid.code, ("display_name",))]) from invalid
