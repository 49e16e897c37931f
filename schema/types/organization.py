"""Organizations, as their members and staff see them."""

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
from schema.declare.enum_values import describe_values
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
    description="State of an organization.",
)
describe_values(
    {
        OrganizationStatus.AWAITING_ADMINISTRATOR: "No administrator has been active yet.",
        OrganizationStatus.ACTIVE: "An administrator can act, or the time until `administratorsAtRiskUntil` runs.",
        OrganizationStatus.ADMINISTRATOR_VACANT: "No administrator can act any more.",
        OrganizationStatus.CLOSED: "Closed; nobody acts for it.",
    }
)
strawberry.enum(RegisterStatus, description="State of an organization in the business register.")
strawberry.enum(IdentifierScheme, description="Issuer of an organization's identifier.")

MEMBER = rule(organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)
READS_CODES = rule(organization=OrganizationPermission.LEGACY_CODES_READ, staff=StaffPermission.LEGACY_CODES_READ)


def _viewer_role(row: Row, context: RequestContext) -> Role | None:
    role = context.viewer.roles.get(row["organization_id"])
    return Role(role) if role else None


def _viewer_permissions(row: Row, context: RequestContext) -> list[OrganizationPermission]:
    return shown_permissions(context.viewer.roles.get(row["organization_id"]))


@strawberry.type(directives=[MEMBER])
class Organization(Node):
    """A business customer of the post."""

    id: strawberry.ID = node_id("Organization", "organization_id")
    name: str = column()
    name_mixes_scripts: bool | None = computed(
        lambda row, _: mixes_scripts(row["organization_name"]),
        reads=("organization_name",),
        rule=READS_MEMBERS,
        description="True if letters of another alphabet look like Latin ones in it, so that it may imitate another "
        "name.",
    )
    business_id: str | None = column(
        description="The Finnish Business ID, `NNNNNNN-N`; null if the organization has none."
    )
    identifier_scheme: IdentifierScheme = column(description="Issuer of `identifier`.")
    identifier: str = column(description="Identifier of the organization under its scheme.")
    status: OrganizationStatus = column()
    register_status: RegisterStatus | None = column(
        description="State in the business register; null if it is unknown."
    )
    administrators_at_risk_since: datetime | None = column(
        description="Time since which e-mail to every administrator is returned to us. Null while one can be reached."
    )
    administrators_at_risk_until: datetime | None = column(
        description="Time when the organization becomes `ADMINISTRATOR_VACANT`. An administrator prevents it by "
        "confirming or changing their address; so does the appointment of another one."
    )
    contact_email: str | None = column(description="Address for mail to the organization, set by its administrators.")
    contact_phone: str | None = column(description="In E.164 form: `+358401234567`.")
    language: Language | None = column(description="Language of messages to the organization; null if none is chosen.")
    created_at: datetime = column()
    version: int = column(
        description="Send it with an update, which is refused if the organization has changed since you read it."
    )
    viewer_role: Role | None = computed(
        _viewer_role, reads=("organization_id",), description="Your role here; null if you are not an active member."
    )
    viewer_permissions: list[OrganizationPermission] = computed(
        _viewer_permissions,
        reads=("organization_id",),
        description="Permissions of your role here, so that an interface can show what is possible.",
    )
    administrators: Connection[Person] | None = connection(
        membership.administrators, "organization_id", rule=MEMBER, description="Administrators who can act now."
    )
    memberships: Connection[Membership] | None = connection(
        membership.of_organization,
        "organization_id",
        rule=READS_MEMBERS,
        description="Live memberships of the organization.",
    )
    services: list[Service] | None = related(
        service.of_organization,
        reads=("organization_id",),
        rule=MEMBER,
        description="Services that at least one member may use here.",
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
