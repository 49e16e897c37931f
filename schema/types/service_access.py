"""Accesses to services, and the customer numbers that limit them."""

from datetime import datetime

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.membership import ServiceRole
from models.organization import CustomerNumberKind
from resolvers import membership
from schema.declare.fields import Node, column, node_id, related, same_row
from schema.declare.rules import SELF, rule
from schema.types.service import Service

strawberry.enum(CustomerNumberKind, description="Kind of a number: of the customer, or of one contract.")


@strawberry.type(
    directives=[rule(organization=OrganizationPermission.ORGANIZATION_READ, staff=StaffPermission.ORGANIZATIONS_READ)]
)
class CustomerNumber(Node):
    """A number under which the post invoices or ships for an organization. It is text, because leading zeros matter."""

    id: strawberry.ID = node_id("CustomerNumber", "customer_number_id")
    kind: CustomerNumberKind = column()
    number: str = column()


@strawberry.type(
    directives=[rule(SELF, organization=OrganizationPermission.MEMBERS_READ, staff=StaffPermission.ORGANIZATIONS_READ)]
)
class ServiceAccess(Node):
    """A member's right to use one service for the organization."""

    id: strawberry.ID = node_id("ServiceAccess", "service_access_id")
    service: Service = same_row()
    role: ServiceRole = column()
    created_at: datetime = column()
    customer_numbers: list[CustomerNumber | None] = related(
        membership.customer_numbers_of_access,
        description="Customer numbers that limit the access; empty if it covers all of them.",
    )
