"""Organizations that stand against closing an account, because nobody else administers them."""

from sqlalchemy import any_, select

from models.db.keyset import IDS
from models.membership import ADMINISTRATORS_OF_ORGANIZATION, Membership, MembershipStatus, Role
from models.organization import Organization, OrganizationStatus

_OTHER = ADMINISTRATORS_OF_ORGANIZATION.statement.with_only_columns(
    Membership.account_id.label("account_id"), Membership.organization_id.label("organization_id")
).subquery("other")

LED_ALONE_BY_ACCOUNTS = (
    select(Membership.account_id, Membership.organization_id)
    .join(Organization, Organization.id == Membership.organization_id)
    .where(
        Membership.account_id == any_(IDS),
        Membership.role == Role.ADMINISTRATOR,
        Membership.status == MembershipStatus.ACTIVE,
        Organization.status == OrganizationStatus.ACTIVE,
        ~select(_OTHER)
        .where(_OTHER.c.organization_id == Membership.organization_id, _OTHER.c.account_id != Membership.account_id)
        .exists(),
    )
)
