"""Electronic services."""

import strawberry

from models.membership import ServiceRole
from models.service import Audience
from resolvers import service
from schema.declare.fields import Node, column, computed, node_id
from schema.declare.rules import PUBLIC, rule

strawberry.enum(Audience, description="Whom a service is for.")
strawberry.enum(ServiceRole, description="What a member may do inside a service.")


@strawberry.type(directives=[rule(PUBLIC)], description="An electronic service of the post.")
class Service(Node):
    """An electronic service of the post."""

    id: strawberry.ID = node_id("Service", "service_id")
    code: str = column()
    name: str = computed(
        service.name, reads=service.NAMES, description="In the language of the request (`Accept-Language`)."
    )
    audience: Audience = column()
