"""Words that must not appear in a person's password (their names and organizations), and hashes of their old codes."""

from sqlalchemy import Uuid, bindparam, func, select, true

from models.account import Account
from models.legacy_code import LegacyCode
from models.membership import Membership, MembershipStatus
from models.organization import Organization

MOST_OLD_CODES = 10  # newest first; each costs as much as checking a password

_ORGANIZATIONS = (
    select(func.array_agg(Organization.name).label("organization_names"))
    .join_from(Membership, Organization, Organization.id == Membership.organization_id)
    .where(Membership.account_id == Account.id, Membership.status != MembershipStatus.ENDED)
    .lateral("belonged")
)
_NEWEST_CODES = (
    select(LegacyCode.proof_scheme, LegacyCode.proof_settings, LegacyCode.proof_hash)
    .where(LegacyCode.account_id == Account.id, LegacyCode.proof_hash.is_not(None))
    .order_by(LegacyCode.last_used_at.desc().nulls_last(), LegacyCode.id)
    .limit(MOST_OLD_CODES)
    .lateral("newest_codes")
)
_CODES = select(
    func.array_agg(_NEWEST_CODES.c.proof_scheme).label("proof_schemes"),
    func.array_agg(_NEWEST_CODES.c.proof_settings).label("proof_settings"),
    func.array_agg(_NEWEST_CODES.c.proof_hash).label("proof_hashes"),
).lateral("codes")

PASSWORD_CONTEXT = (
    select(
        Account.email_key,
        Account.display_name,
        Account.given_name,
        Account.family_name,
        _ORGANIZATIONS.c.organization_names,
        _CODES.c.proof_schemes,
        _CODES.c.proof_settings,
        _CODES.c.proof_hashes,
    )
    .join_from(Account, _ORGANIZATIONS, true())
    .join(_CODES, true())
    .where(Account.id == bindparam("account_id", type_=Uuid()))
)
