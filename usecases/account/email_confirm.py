"""Confirmation of an address by a mailed link: of a new account, of a prepared one, or of one's own again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.rules import NewPassword
from auth.tokens import TokenKind, issue
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.mailed_secret import EmailProof, SignUp
from models.values.email import EmailAddress
from models.values.refusal import InvalidValue
from usecases.account.mailbox import account_with, confirm_mailbox, locked_account
from usecases.account.new_password import accepted, replace_password
from usecases.account.sign_up import WAITING, read_name, renew_sign_up
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.mail.enqueue import NewMessage, enqueue, recipient
from usecases.mail.message_kind import MessageKind
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_secret import Link, consume, link_invalid, supersede


@dataclass(frozen=True, slots=True)
class SignUpClaim:
    """Input from the reader of a sign-up's mailbox: the password of the sign-up, or a new password and a name.

    With `claims_sign_up` it is the password of the sign-up, None if it was wrong; the name of the sign-up is kept then.
    """

    password: NewPassword | None
    claims_sign_up: bool
    display_name: str | None = None


async def confirm_sign_up(db: AsyncSession, actor: Actor, link: Link, claim: SignUpClaim) -> None:
    """Give an account to the reader of its mailbox, with their own password; everything set before that ends.

    A prepared account becomes active too; its dormant memberships stay dormant until the person confirms them. Raises
    RefusedError TOKEN_INVALID, PASSWORD_WRONG, REQUIRED, INVALID, or the rule that the password breaks.
    """
    account = await locked_account(db, link.account_id)
    if account is None or account.status not in WAITING:
        raise link_invalid()
    await consume(db, SignUp, link, account)
    waiting = (await db.scalars(select(SignUp).where(SignUp.secret_hash == link.secret_hash))).one()
    password_hash = _password(claim)
    account.display_name = waiting.display_name if claim.claims_sign_up else _name(claim)
    account.language = waiting.language
    account.status = AccountStatus.ACTIVE
    account.version += 1
    await db.flush()
    await confirm_mailbox(db, actor, account)
    await replace_password(db, account, password_hash)
    waiting.password_hash = ""  # keep no hash that could be guessed at
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRM, account.id, changes={"status": account.status}))
    await db.flush()


async def confirm_own_email(db: AsyncSession, actor: Actor, link: Link) -> None:
    """Record that an active account's owner reads its mailbox; raises RefusedError TOKEN_INVALID."""
    account = await locked_account(db, link.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise link_invalid()
    await consume(db, EmailProof, link, account)
    await confirm_mailbox(db, actor, account)
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRM, account.id))
    await db.flush()


async def resend_confirmation(db: AsyncSession, actor: Actor, address: EmailAddress) -> None:
    """Mail a new link if the account has an address to confirm, and end the former; the answer is the same for all."""
    account = await account_with(db, address.key)
    if account is not None and account.status in WAITING:
        await renew_sign_up(db, account, now())
    elif account is not None and account.status is AccountStatus.ACTIVE:
        await _ask_for_proof(db, account)
    write_audit(
        db, actor, AuditRecord(Action.ACCOUNT_EMAIL_CONFIRMATION_RESEND, account.id if account is not None else None)
    )
    await db.flush()


async def _ask_for_proof(db: AsyncSession, account: Account) -> None:
    """Mail a link that proves an active account's address, if it is not proved yet."""
    if await db.get(EmailConfirmation, (account.id, account.email_key)) is not None:
        return
    secret, secret_hash = issue(TokenKind.EMAIL_PROOF)
    await supersede(db, EmailProof, account.id)
    at = now()
    expires_at = at + MessageKind.EMAIL_PROOF.life
    db.add(
        EmailProof(
            account_id=account.id,
            email_key=account.email_key,
            secret_hash=secret_hash,
            created_at=at,
            expires_at=expires_at,
        )
    )
    told = NewMessage(MessageKind.EMAIL_PROOF, recipient(account), {"until": expires_at}, secret)
    enqueue(db, told, at)


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
