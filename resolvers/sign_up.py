"""Signing up, and confirming the address of an account."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import PasswordContext, judged
from auth.tokens import TokenKind
from models.account import ACCOUNTS_BY_ID, Language
from models.db.query import Row
from models.mailed_secret import EMAIL_PROOF_BY_SECRET, SIGN_UP_BY_SECRET
from resolvers.core.constant_time import pad_response_time
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutation_call import MutationCall
from resolvers.core.rate_limits import rate_limit_mail
from resolvers.new_password import judge
from usecases.account import email_confirm
from usecases.account import sign_up as usecases
from usecases.account.email_confirm import SignUpClaim
from usecases.account.mailbox import read_email
from usecases.account.sign_up import SignUpForm, read_form
from usecases.audit.audit_record import Actor
from usecases.session.mailed_secret import Link, link_invalid


@dataclass(frozen=True, slots=True)
class GivenProof:
    """The input besides the link that confirms the address of a new account."""

    password: str | None
    new_password: str | None
    display_name: str | None


@dataclass(frozen=True, slots=True)
class EmailConfirmed:
    """The address that is confirmed now."""

    email: str


async def sign_up(  # noqa: PLR0913, PLR0917 - the fields of the input
    call: MutationCall,
    email: str,
    password: str,
    display_name: str,
    language: Language | None,
    acknowledge_role_mailbox: bool,
) -> None:
    """Sign up; the work is the same whether the address has an account or not."""
    context = call.context
    # Judged by the form only: words of an existing account would reveal that the address has one.
    about = PasswordContext(personal_words(email[:254], [display_name[:100]]))
    new = await judged(context.resources.passwords, context.resources.old_passwords, password, about)
    form = SignUpForm(email, display_name, new, language or context.language, acknowledge_role_mailbox)

    async def ask(db: AsyncSession, actor: Actor) -> None:
        wanted = read_form(form)
        await rate_limit_mail(context, wanted.address)
        await usecases.sign_up(db, actor, wanted)

    async with pad_response_time():  # making an account takes a fraction of a millisecond more than finding one
        await call.run(ask)


async def resend(call: MutationCall, email: str) -> None:
    """Mail a new link to confirm an address, if there is anything to confirm."""

    async def ask(db: AsyncSession, actor: Actor) -> None:
        address = read_email(email)
        await rate_limit_mail(call.context, address)
        await email_confirm.resend_confirmation(db, actor, address)

    async with pad_response_time():
        await call.run(ask)


async def confirm(
    call: MutationCall, token: str, password: str | None, new_password: str | None, display_name: str | None
) -> EmailConfirmed:
    """Confirm an address by its link, whichever kind of link it is."""
    context = call.context
    sign_up_found = await found(context, TokenKind.SIGN_UP, SIGN_UP_BY_SECRET, token)
    proof_found = await found(context, TokenKind.EMAIL_PROOF, EMAIL_PROOF_BY_SECRET, token)
    if sign_up_found is not None:
        link, row = sign_up_found
        call.subject_id = link.account_id
        claim = await _claim(context, link, row, GivenProof(password, new_password, display_name))
        await call.run(lambda db, actor: email_confirm.confirm_sign_up(db, actor, link, claim))
    elif proof_found is not None:
        link, _ = proof_found
        call.subject_id = link.account_id
        await call.run(lambda db, actor: email_confirm.confirm_own_email(db, actor, link))
    else:
        raise link_invalid()
    rows = await context.fetch(ACCOUNTS_BY_ID, ids=[link.account_id])
    return EmailConfirmed(rows[0]["account_email"])


async def _claim(context: RequestContext, link: Link, row: Row, given: GivenProof) -> SignUpClaim:
    """Check the sign-up's password, and judge it as the account's, whose old codes are only known now."""
    if given.new_password is not None:
        judged_password = await judge(context, link.account_id, given.new_password)
        return SignUpClaim(judged_password, claims_sign_up=False, display_name=given.display_name)
    if given.password is None:
        return SignUpClaim(None, claims_sign_up=False)
    if not await context.resources.passwords.matches(row["password_hash"], given.password):
        return SignUpClaim(None, claims_sign_up=True)
    return SignUpClaim(await judge(context, link.account_id, given.password), claims_sign_up=True)
