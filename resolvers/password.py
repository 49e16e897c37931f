"""New passwords, and the strength of a password before it is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import Fault, PasswordFault, fault_of, worth_of
from auth.passwords.strength import PasswordHint
from auth.tokens import TokenKind
from auth.viewer import AccountViewer
from models.mailed_secret import PASSWORD_RESET_BY_SECRET
from models.task import TaskKind
from resolvers.core.constant_time import pad_response_time
from resolvers.core.mailed_links import found
from resolvers.core.mutation_call import MutationCall, ResultWithReasons
from resolvers.core.rate_limits import rate_limit_mail
from resolvers.new_password import judge, password_context_of
from usecases.account import password as passwords
from usecases.account.mailbox import read_email
from usecases.account.new_password import refusal_of
from usecases.audit.audit_record import Actor
from usecases.session.mailed_secret import link_invalid


async def request_reset(call: MutationCall, email: str) -> None:
    """Mail a link to set a new password; answer and response time are the same for every address."""

    async def ask(db: AsyncSession, actor: Actor) -> None:
        address = read_email(email)
        await rate_limit_mail(call.context, address)
        await passwords.request_password_reset(db, actor, address)

    async with pad_response_time():
        await call.run(ask)


async def reset(call: MutationCall, token: str, new_password: str) -> None:
    """Set a new password by a mailed link."""
    reset_found = await found(call.context, TokenKind.PASSWORD_RESET, PASSWORD_RESET_BY_SECRET, token)
    if reset_found is None:
        raise link_invalid()
    link, _ = reset_found
    call.subject_id = link.account_id
    new = await judge(call.context, link.account_id, new_password)
    await call.run(lambda db, actor: passwords.reset_password(db, actor, link, new))


async def change(call: MutationCall, new_password: str) -> None:
    """Set a new password while signed in."""
    context = call.context
    new = await judge(context, context.viewer.account_id, new_password)
    await call.run(lambda db, actor: passwords.change_password(db, actor, new))
    assert isinstance(context.viewer, AccountViewer), "the field is for signed-in callers"
    context.change_viewer(context.viewer.without_tasks(TaskKind.SET_NEW_PASSWORD))


@dataclass(frozen=True, slots=True)
class PasswordChecked:
    """The strength of a password."""

    score: int
    hints: Sequence[PasswordHint]


async def check(call: MutationCall, password: str, email: str, display_name: str) -> ResultWithReasons:
    """Return the strength of a password for the viewer, or for a person who signs up; nothing is stored or logged."""
    context = call.context
    typed = personal_words(email[:254], [display_name[:100]])
    known = await password_context_of(context, context.viewer.account_id)
    words = {**known.words, **typed}
    fault, strength = await context.resources.passwords.run(
        lambda: (fault_of(password, words), worth_of(password, words))
    )
    if fault is None and await context.resources.old_passwords.include(password, known.old_codes):
        fault = Fault(PasswordFault.OF_OLD_CODE)
    reasons = [refusal_of(fault, "password")] if fault else []
    return ResultWithReasons(PasswordChecked(strength.score, strength.hints), reasons)
