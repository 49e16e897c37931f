"""Judgement of a new password, before any transaction, against the words known about its owner."""

from uuid import UUID

from auth.passwords.personal_words import personal_words
from auth.passwords.rules import NewPassword, PasswordContext, judged
from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash
from models.db.query import Row
from models.queries.password_context import PASSWORD_CONTEXT
from resolvers.core.context import RequestContext


async def judge(context: RequestContext, account_id: UUID | None, password: str) -> NewPassword:
    """Judge a new password of an account, and hash it in a worker thread."""
    about = await password_context_of(context, account_id)
    return await judged(context.resources.passwords, context.resources.old_passwords, password, about)


async def password_context_of(context: RequestContext, account_id: UUID | None) -> PasswordContext:
    """Return the words about an account's owner that a guesser would try first."""
    rows = await context.fetch(PASSWORD_CONTEXT, account_id=account_id) if account_id is not None else []
    return _password_context(rows[0]) if rows else PasswordContext()


def _password_context(row: Row) -> PasswordContext:
    names = [row["display_name"], row["given_name"], row["family_name"], *(row["organization_names"] or ())]
    codes = zip(row["proof_schemes"] or (), row["proof_settings"] or (), row["proof_hashes"] or (), strict=True)
    wrapped_hashes = tuple(
        WrappedHash(LegacyScheme(scheme), settings or "", hash_) for scheme, settings, hash_ in codes
    )
    return PasswordContext(personal_words(row["email_key"] or "", names), wrapped_hashes)
