"""Organizations, as their members and the post's staff see them."""

from datetime import datetime

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from auth.policies import organization as policies
from models.db.query import Row
from models.membership import Role
from models.organization import IdentifierScheme, OrganizationStatus, RegisterStatus
from models.values.lookalike import mixes_scripts
from resolvers import legacy_code, membership, organization, service
from resolvers.core.context import RequestContext
from schema.declare.capability import capability
from schema.declare.connection import Connection
from schema.declare.fields import Node, column, computed, connection, node_id, related
from schema.declare.rules import rule
from schema.engine.asked_permissions import shown_permissions
from schema.types.language import Language
from schema.types.legacy_code import LegacyCode
from schema.types.membership import READS_MEMBERS, Membership, Person
from schema.types.service import Service
from schema.types.service_access import CustomerNumber

strawberry.enum(
    OrganizationStatus,
    description="`ACTIVE`: an administrator can act, or, while it is at risk, their e-mail comes back.",
)
strawberry.enum(RegisterStatus, description="What the business register says of an organization.")
strawberry.enum(IdentifierScheme, description="Who gave an organization its identifier.")

MEMBER = rule(organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)
READS_CODES = rule(organization=OrganizationPermission.LEGACY_CODES_READ, staff=StaffPermission.LEGACY_CODES_READ)


def _viewer_role(row: Row, context: RequestContext) -> Role | None:
    role = context.viewer.roles.get(row["organization_id"])
    return Role(role) if role else None


def _viewer_permissions(row: Row, context: RequestContext) -> list[OrganizationPermission]:
    return shown_permissions(context.viewer.roles.get(row["organization_id"]))


@strawberry.type(directives=[MEMBER], description="A business customer of the post.")
class Organization(Node):
    """A business customer of the post."""

    id: strawberry.ID = node_id("Organization", "organization_id")
    name: str = column()
    name_mixes_scripts: bool | None = computed(
        lambda row, _: mixes_scripts(row["organization_name"]),
        reads=("organization_name",),
        rule=READS_MEMBERS,
        description="Whether letters of another alphabet pass for Latin ones in it, so that it may imitate another.",
    )
    business_id: str | None = column(description="The Finnish Business ID, `NNNNNNN-N`, when it has one.")
    identifier_scheme: IdentifierScheme = column()
    identifier: str = column(description="What identifies the organization under its scheme.")
    status: OrganizationStatus = column()
    register_status: RegisterStatus | None = column()
    administrators_at_risk_since: datetime | None = column(
        description="Since when e-mail to every administrator has come back to us. Null while one can be reached."
    )
    administrators_at_risk_until: datetime | None = column(
        description="When the organization becomes `ADMINISTRATOR_VACANT`, unless an administrator can be reached "
        "again before: they confirm their address or change it, or another one is appointed."
    )
    contact_email: str | None = column(
        description="The address for mail to the organization, given by its administrators."
    )
    contact_phone: str | None = column(description="In E.164 form: `+358401234567`.")
    language: Language | None = column(description="Of messages to the organization; null if nobody has said.")
    created_at: datetime = column()
    version: int = column(description="Send it back with a change, so that nobody else's is overwritten.")
    viewer_role: Role | None = computed(_viewer_role, reads=("organization_id",))
    viewer_permissions: list[OrganizationPermission] = computed(
        _viewer_permissions,
        reads=("organization_id",),
        description="What your role lets you do here, so that an interface knows before the click.",
    )
    administrators: Connection[Person] | None = connection(
        membership.administrators, "organization_id", rule=MEMBER, description="Whom to ask; those who can act now."
    )
    memberships: Connection[Membership] | None = connection(
        membership.of_organization, "organization_id", rule=READS_MEMBERS
    )
    services: list[Service] | None = related(
        service.of_organization,
        reads=("organization_id",),
        rule=MEMBER,
        description="The services that somebody here may use.",
    )
    customer_numbers: Connection[CustomerNumber] | None = connection(
        organization.customer_numbers, "organization_id", rule=MEMBER
    )
    legacy_codes: Connection[LegacyCode] | None = connection(
        legacy_code.of_organization, "organization_id", rule=READS_CODES
    )
    viewer_can_update, viewer_cannot_update_reasons = capability(
        "organizationUpdate", policies.reasons_against_update, "organization_id"
    )
