"""Memberships, and their people as the organization may see them."""

from datetime import datetime
from typing import Any

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.membership import MembershipStatus, Role
from models.values.lookalike import mixes_scripts
from resolvers import account, membership
from schema.declare.enum_values import describe_values
from schema.declare.fields import Node, column, computed, node_id, related, same_row
from schema.declare.rules import SELF, rule
from schema.types.service_access import ServiceAccess

strawberry.enum(Role, description="Role of a member in the organization itself, apart from its services.")
strawberry.enum(MembershipStatus, description="State of a membership.")
describe_values(
    {
        MembershipStatus.DORMANT: "Inactive until the account's owner confirms it.",
        MembershipStatus.ACTIVE: "In force.",
        MembershipStatus.ENDED: "Over for good.",
    }
)

READS_MEMBERS = rule(organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)
READS_CONTACTS = rule(
    SELF, organization=OrganizationPermission.MEMBERS_CONTACT_READ, staff=StaffPermission.ACCOUNTS_READ
)


@strawberry.type(
    directives=[
        rule(SELF, organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)
    ]
)
class Person:
    """A person as their organization may see them: without private details and other organizations."""

    display_name: str = column()
    display_name_mixes_scripts: bool | None = computed(
        lambda row, _: mixes_scripts(row["person_display_name"]),
        reads=("person_display_name",),
        rule=READS_MEMBERS,
        description="True if letters of another alphabet look like Latin ones in it, so that it may imitate another "
        "name.",
    )
    email: str | None = column(rule=READS_CONTACTS)
    phone: str | None = column(rule=READS_CONTACTS)


@strawberry.type(
    directives=[rule(SELF, organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)]
)
class Membership(Node):
    """A person's membership in an organization."""

    id: strawberry.ID = node_id("Membership", "membership_id")
    role: Role = column(description="Role in the organization itself; `serviceAccess` has the roles in services.")
    status: MembershipStatus = column()
    created_at: datetime = column()
    version: int = column(
        description="Send it with an update, which is refused if the membership has changed since you read it."
    )
    person: Person | None = same_row()
    organization: Any = same_row(node="Organization")
    service_access: list[ServiceAccess | None] = related(
        membership.service_accesses,
        reads=("membership_id",),
        description="Services that the member may use for the organization.",
    )
    account: Any = related(
        account.of_row, reads=("account_id",), node="Account", rule=rule(SELF, staff=StaffPermission.ACCOUNTS_READ)
    )
