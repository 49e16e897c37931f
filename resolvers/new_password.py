"""A new password is judged before any transaction, against what is known of the person whose it is to be."""

from uuid import UUID

from auth.passwords.legacy_proofs import LegacyProof, LegacyScheme
from auth.passwords.personal_words import personal_words
from auth.passwords.rules import NewPassword, Surroundings, judged
from models.db.query import Row
from models.queries.password_context import SURROUNDINGS
from resolvers.core.context import RequestContext


async def judge(context: RequestContext, account_id: UUID | None, password: str) -> NewPassword:
    """Judge a password that is to be an account's, and hash it beside the event loop."""
    about = await surroundings_of(context, account_id)
    return await judged(context.services.passwords, context.services.old_passwords, password, about)


async def surroundings_of(context: RequestContext, account_id: UUID | None) -> Surroundings:
    """Return what somebody who knows an account's owner would try first."""
    rows = await context.fetch(SURROUNDINGS, account_id=account_id) if account_id is not None else []
    return _surroundings(rows[0]) if rows else Surroundings()


def _surroundings(row: Row) -> Surroundings:
    names = [row["display_name"], row["given_name"], row["family_name"], *(row["organization_names"] or ())]
    codes = zip(row["proof_schemes"] or (), row["proof_settings"] or (), row["proof_hashes"] or (), strict=True)
    proofs = tuple(LegacyProof(LegacyScheme(scheme), settings or "", hash_) for scheme, settings, hash_ in codes)
    return Surroundings(personal_words(row["email_key"] or "", names), proofs)
