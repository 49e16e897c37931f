"""Electronic services."""

import strawberry

from models.membership import ServiceRole
from models.service import Audience
from resolvers import service
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import PUBLIC, rule

strawberry.enum(Audience, description="Customers that a service is meant for.")
strawberry.enum(ServiceRole, description="Role of a member inside a service.")


@strawberry.type(directives=[rule(PUBLIC)])
class Service(Node):
    """An electronic service of the post."""

    id: strawberry.ID = node_id("Service", "service_id")
    code: str = column(description="Code of the service, for programs.")
    name: str = computed(
        service.name, reads=service.NAMES, description="Name in the language of the request (`Accept-Language`)."
    )
    audience: Audience = column()
