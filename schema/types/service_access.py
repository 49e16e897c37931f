"""The right to use a service for an organization, and the customer numbers that it may be limited to."""

from datetime import datetime

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.membership import ServiceRole
from models.organization import CustomerNumberKind
from resolvers import membership
from schema.declare.fields import Node, column, node_id, related, same_row
from schema.declare.rules import SELF, rule
from schema.types.service import Service

strawberry.enum(CustomerNumberKind, description="Whether a number names the customer or one of its contracts.")


@strawberry.type(
    directives=[rule(organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)],
    description="A number under which the post invoices or ships for an organization. Text: leading zeros matter.",
)
class CustomerNumber(Node):
    """A number under which the post invoices or ships for an organization."""

    id: strawberry.ID = node_id("CustomerNumber", "customer_number_id")
    kind: CustomerNumberKind = column()
    number: str = column()


@strawberry.type(
    directives=[rule(SELF, organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)],
    description="A member's right to use one service for the organization.",
)
class ServiceAccess(Node):
    """A member's right to use one service for the organization."""

    id: strawberry.ID = node_id("ServiceAccess", "service_access_id")
    service: Service = same_row()
    role: ServiceRole = column()
    created_at: datetime = column()
    customer_numbers: list[CustomerNumber | None] = related(
        membership.customer_numbers_of_access,
        description="The customer numbers the access is limited to; empty when it covers all of them.",
    )
