"""Signing up, and confirming the address of an account."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import Surroundings, judged
from auth.tokens import TokenKind
from models.account import ACCOUNTS_BY_ID, Language
from models.db.query import Row
from models.proof import EMAIL_PROOF_BY_SECRET, SIGN_UP_BY_SECRET
from resolvers.core.constant_time import even_time
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutations import Outcome, attempt
from resolvers.core.rate_limits import throttle_mail, throttle_operation
from resolvers.new_password import judge
from usecases.account import email_confirm
from usecases.account import sign_up as deeds
from usecases.account.email_confirm import SignUpProof
from usecases.account.mailbox import read_email
from usecases.account.sign_up import SignUpForm, read_form
from usecases.session.proof import Link, link_invalid


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """A sign-up as it is typed."""

    email: str
    password: str
    display_name: str
    language: Language | None = None
    acknowledges_role_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What comes with a link that confirms an address: of a new account, also a password."""

    token: str
    password: str | None = None
    new_password: str | None = None
    display_name: str | None = None


@dataclass(slots=True)
class EmailConfirmed(Outcome):
    """The address that is confirmed now."""

    email: str | None = None


async def sign_up(context: RequestContext, written: WrittenForm) -> Outcome:
    """Sign up; the work is the same whether the address has an account or not."""
    await throttle_operation(context, "signUp")
    # Not against what we know of the address's owner: the answer would tell that she has an account.
    about = Surroundings(personal_words(written.email[:254], [written.display_name[:100]]))
    form = SignUpForm(
        written.email,
        written.display_name,
        await judged(context.services.passwords, context.services.old_passwords, written.password, about),
        written.language or context.language,
        written.acknowledges_role_mailbox,
    )

    async def deed(session: AsyncSession) -> None:
        wanted = read_form(form)
        await throttle_mail(context, wanted.address)
        await deeds.sign_up(session, context.author, wanted)

    async with even_time():  # making an account takes a fraction of a millisecond more than finding one
        return Outcome(await attempt(context, "account.signUp", None, deed))


async def resend(context: RequestContext, email: str) -> Outcome:
    """Mail a new link to confirm an address, if there is anything to confirm."""
    await throttle_operation(context, "emailConfirmationResend")

    async def deed(session: AsyncSession) -> None:
        address = read_email(email)
        await throttle_mail(context, address)
        await email_confirm.resend_confirmation(session, context.author, address)

    async with even_time():
        return Outcome(await attempt(context, "account.emailConfirmationResend", None, deed))


async def confirm(context: RequestContext, given: Confirmation) -> EmailConfirmed:
    """Confirm an address by its link, whichever kind of link it is."""
    await throttle_operation(context, "emailConfirm")
    sign_up_found = await found(context, TokenKind.SIGN_UP, SIGN_UP_BY_SECRET, given.token)
    proof_found = await found(context, TokenKind.EMAIL_PROOF, EMAIL_PROOF_BY_SECRET, given.token)
    link = sign_up_found[0] if sign_up_found else proof_found[0] if proof_found else None
    proof = await _proof(context, *sign_up_found, given) if sign_up_found else None

    async def deed(session: AsyncSession) -> None:
        if link is None:
            raise link_invalid()
        if proof is not None:
            await email_confirm.confirm_sign_up(session, context.author, link, proof)
        else:
            await email_confirm.confirm_own_email(session, context.author, link)

    refusals = await attempt(context, "account.emailConfirm", link.account_id if link else None, deed)
    if refusals or link is None:
        return EmailConfirmed(refusals)
    rows = await context.fetch(ACCOUNTS_BY_ID, ids=[link.account_id])
    return EmailConfirmed(email=rows[0]["account_email"])


async def _proof(context: RequestContext, link: Link, row: Row, given: Confirmation) -> SignUpProof:
    """Check the sign-up's password, and judge it as the account's, whose old codes are only known now."""
    if given.new_password is not None:
        judged_password = await judge(context, link.account_id, given.new_password)
        return SignUpProof(judged_password, claims_sign_up=False, display_name=given.display_name)
    if given.password is None:
        return SignUpProof(None, claims_sign_up=False)
    if not await context.services.passwords.matches(row["password_hash"], given.password):
        return SignUpProof(None, claims_sign_up=True)
    return SignUpProof(await judge(context, link.account_id, given.password), claims_sign_up=True)
