"""Electronic services and the right to use them."""

from datetime import datetime

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.membership import ServiceRole
from models.organization import CustomerNumberKind
from models.service import Audience
from resolvers import membership, service
from schema.declare.fields import Node, column, computed, node_id, related, same_row
from schema.declare.rules import PUBLIC, SELF, rule

strawberry.enum(Audience, description="Whom a service is for.")
strawberry.enum(ServiceRole, description="What a member may do inside a service.")
strawberry.enum(CustomerNumberKind, description="Whether a number names the customer or one of its contracts.")


@strawberry.type(directives=[rule(PUBLIC)], description="An electronic service of the post.")
class Service(Node):
    """An electronic service of the post."""

    id: strawberry.ID = node_id("Service", "service_id")
    code: str = column()
    name: str = computed(
        service.name, reads=service.NAMES, description="In the language of the request (`Accept-Language`)."
    )
    audience: Audience = column()


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
