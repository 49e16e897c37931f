"""Memberships, and the people in them as the organization may see them."""

from datetime import datetime
from typing import Any

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.membership import MembershipStatus, Role
from models.values.lookalike import mixes_scripts
from resolvers import account, membership
from schema.declare.fields import Node, column, computed, node_id, related, same_row
from schema.declare.rules import SELF, rule
from schema.types.service_access import ServiceAccess

strawberry.enum(Role, description="What a member may do with the organization itself.")
strawberry.enum(MembershipStatus, description="`DORMANT` sleeps until the account's owner confirms it.")

READS_MEMBERS = rule(organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)
READS_CONTACTS = rule(
    SELF, organization=OrganizationPermission.MEMBERS_CONTACT_READ, staff=StaffPermission.ACCOUNTS_READ
)


@strawberry.type(
    directives=[
        rule(SELF, organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)
    ],
    description="A person as her organization may see her: never her consumer side, never her other organizations.",
)
class Person:
    """A person as her organization may see her."""

    display_name: str = column()
    display_name_mixes_scripts: bool | None = computed(
        lambda row, _: mixes_scripts(row["person_display_name"]),
        reads=("person_display_name",),
        rule=READS_MEMBERS,
        description="Whether messages of another alphabet pass for Latin ones in it, so that it may imitate another.",
    )
    email: str | None = column(rule=READS_CONTACTS)
    phone: str | None = column(rule=READS_CONTACTS)


@strawberry.type(
    directives=[rule(SELF, organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)],
    description="A person in an organization.",
)
class Membership(Node):
    """A person in an organization."""

    id: strawberry.ID = node_id("Membership", "membership_id")
    role: Role = column()
    status: MembershipStatus = column()
    created_at: datetime = column()
    version: int = column(description="Send it back with a change, so that nobody else's is overwritten.")
    person: Person | None = same_row()
    organization: Any = same_row(node="Organization")
    service_access: list[ServiceAccess | None] = related(membership.service_accesses, reads=("membership_id",))
    account: Any = related(
        account.of_row, reads=("account_id",), node="Account", rule=rule(SELF, staff=StaffPermission.ACCOUNTS_READ)
    )
