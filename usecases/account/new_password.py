"""Replacement of a password: checked by the one set of rules, and ending everything that the former password opened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import Fault, NewPassword, PasswordContext, PasswordFault, judged
from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash
from models.account import Account
from models.db.query import Row
from models.mailed_secret import PasswordReset
from models.queries.password_context import PASSWORD_CONTEXT
from models.task import TaskKind
from usecases.account.task import complete_task
from usecases.gate import Gate
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.mailed_secret import end_email_changes, supersede
from usecases.session.session import end_all_sessions, end_other_sessions

PASSWORD_REFUSALS = frozenset(RefusalCode(fault) for fault in PasswordFault)  # one for each rule


async def judge(gate: Gate, account_id: UUID, password: str) -> NewPassword:
    """Judge a password that is to be an account's, and hash it beside the event loop, before any transaction."""
    about = await password_context_of(gate, account_id)
    return await judged(gate.resources.passwords, gate.resources.old_passwords, password, about)


async def password_context_of(gate: Gate, account_id: UUID | None) -> PasswordContext:
    """Return what somebody who knows an account's owner would try first."""
    rows = await gate.fetch(PASSWORD_CONTEXT, account_id=account_id) if account_id is not None else []
    return _password_context(rows[0]) if rows else PasswordContext()


def _password_context(row: Row) -> PasswordContext:
    names = [row["display_name"], row["given_name"], row["family_name"], *(row["organization_names"] or ())]
    codes = zip(row["proof_schemes"] or (), row["proof_settings"] or (), row["proof_hashes"] or (), strict=True)
    wrapped_hashes = tuple(
        WrappedHash(LegacyScheme(scheme), settings or "", hash_) for scheme, settings, hash_ in codes
    )
    return PasswordContext(personal_words(row["email_key"] or "", names), wrapped_hashes)


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
    db: AsyncSession, account: Account, password_hash: str, now: datetime, kept_session: UUID | None = None
) -> int:
    """Give an account a new password and return how many sessions that ended: all, or all but one.

    A thief who knew the former password may have requested a reset or a change of address: these end too (B33).
    """
    account.set_password(password_hash, now)
    await supersede(db, PasswordReset, account.id, now)
    await end_email_changes(db, account.id, now)
    await complete_task(db, account.id, TaskKind.SET_NEW_PASSWORD, now)
    if kept_session is None:
        return len(await end_all_sessions(db, account.id, now))
    return len(await end_other_sessions(db, account.id, kept_session, now))
