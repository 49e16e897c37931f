"""Setting a new password, and hearing beforehand what a password is worth."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import Fault, PasswordFault, fault_of, worth_of
from auth.passwords.strength import Strength
from auth.tokens import TokenKind
from auth.viewer import AccountViewer
from models.db.query import Row
from models.proof import PASSWORD_RESET_BY_SECRET
from models.task import TaskKind
from resolvers.core.constant_time import even_time
from resolvers.core.context import RequestContext
from resolvers.core.mailed_links import found
from resolvers.core.mutations import Outcome, attempt, told
from resolvers.core.rate_limits import throttle_mail, throttle_operation
from resolvers.new_password import judge, surroundings_of
from usecases.account import password
from usecases.account.mailbox import read_email
from usecases.account.new_password import refusal_of
from usecases.session.proof import link_invalid


@dataclass(slots=True)
class PasswordChanged(Outcome):
    """The account whose password it was to be."""

    account: Row | None = None


@dataclass(slots=True)
class PasswordChecked(Outcome):
    """What a password is worth, and the rule that it breaks among the user errors."""

    strength: Strength | None = None


async def request_reset(context: RequestContext, email: str) -> Outcome:
    """Mail a link to set a new password; the answer is the same for all, after the same time."""
    await throttle_operation(context, "passwordResetRequest")

    async def deed(session: AsyncSession) -> None:
        address = read_email(email)
        await throttle_mail(context, address)
        await password.request_password_reset(session, context.author, address)

    async with even_time():
        return Outcome(await attempt(context, "account.passwordResetRequest", None, deed))


async def reset(context: RequestContext, token: str, new_password: str) -> Outcome:
    """Set a new password by a mailed link."""
    await throttle_operation(context, "passwordReset")
    reset_found = await found(context, TokenKind.PASSWORD_RESET, PASSWORD_RESET_BY_SECRET, token)
    link = reset_found[0] if reset_found else None
    new = await judge(context, link.account_id, new_password) if link else None

    async def deed(session: AsyncSession) -> None:
        if link is None or new is None:
            raise link_invalid()
        await password.reset_password(session, context.author, link, new)

    return Outcome(await attempt(context, "account.passwordReset", link.account_id if link else None, deed))


async def change(context: RequestContext, new_password: str) -> PasswordChanged:
    """Set a new password while signed in."""
    await throttle_operation(context, "passwordChange")
    new = await judge(context, context.viewer.account_id, new_password)

    async def deed(session: AsyncSession) -> None:
        await password.change_password(session, context.author, new)

    refusals = await attempt(context, "account.passwordChange", context.viewer.account_id, deed)
    if not refusals:
        assert isinstance(context.viewer, AccountViewer), "the field is for signed-in callers"
        context.change_viewer(context.viewer.without_tasks(TaskKind.SET_NEW_PASSWORD))
    return PasswordChanged(refusals, account=context.viewer.account)


async def check(context: RequestContext, new_password: str, email: str, display_name: str) -> PasswordChecked:
    """Say what a password is worth, for the viewer or for who is about to sign up; nothing is kept or logged."""
    await throttle_operation(context, "passwordCheck")
    typed = personal_words(email[:254], [display_name[:100]])
    known = await surroundings_of(context, context.viewer.account_id)
    words = {**known.words, **typed}
    fault, strength = await context.services.passwords.run(
        lambda: (fault_of(new_password, words), worth_of(new_password, words))
    )
    if fault is None and await context.services.old_passwords.include(new_password, known.old_codes):
        fault = Fault(PasswordFault.OF_OLD_CODE)
    return PasswordChecked([told(context, refusal_of(fault, "password"))] if fault else [], strength=strength)
