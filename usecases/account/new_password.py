"""Replacement of a password: checked by the one set of rules, and ending everything that the former password opened."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.rules import Fault, NewPassword, PasswordFault
from models.account import Account
from models.mailed_secret import PasswordReset
from models.task import TaskKind
from usecases.account.task import complete_task
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_secret import end_email_changes, supersede
from usecases.session.session import end_all_sessions, end_other_sessions

PASSWORD_REFUSALS = frozenset(RefusalCode(fault) for fault in PasswordFault)  # one for each rule


def faults(new: NewPassword, field: str) -> list[Refusal]:
    """Return the refusals of a new password, none or one; the code is the rule that it breaks."""
    return [refusal_of(new.fault, field)] if new.fault else []


def refusal_of(fault: Fault, field: str) -> Refusal:
    """Return the refusal of a password; it names the personal words in the password."""
    facts = {"words": ", ".join(fault.words)} if fault.words else None
    return Refusal(RefusalCode(fault.rule), fault.rule, (field,), facts)


def accepted(new: NewPassword, field: str) -> str:
    """Return the hash of a new password; raises RefusedError with the rule that it breaks."""
    reasons = faults(new, field)
    if reasons:
        raise RefusedError(reasons)
    return new.hash


async def replace_password(
    db: AsyncSession, account: Account, password_hash: str, kept_session: UUID | None = None
) -> int:
    """Give an account a new password and return how many sessions that ended: all, or all but one.

    A thief who knew the former password may have requested a reset or a change of address: these end too (B33).
    """
    account.set_password(password_hash)
    await supersede(db, PasswordReset, account.id)
    await end_email_changes(db, account.id)
    await complete_task(db, account.id, TaskKind.SET_NEW_PASSWORD)
    if kept_session is None:
        return len(await end_all_sessions(db, account.id))
    return len(await end_other_sessions(db, account.id, kept_session))
