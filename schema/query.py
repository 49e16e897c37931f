"""Root type of queries."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import ID

from models.organization import OrganizationStatus, RegisterStatus
from resolvers import message, organization, service
from resolvers.core import node
from resolvers.core.context import RequestContext
from resolvers.core.paging import Window
from resolvers.organization import OrganizationSearch
from schema.declare.connection import Connection
from schema.declare.fields import WINDOW, Info, Node, columns_read, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.message import GenuineMessage
from schema.types.organization import Organization
from schema.types.service import Service


@strawberry.enum
class OrganizationOrderField(StrEnum):
    """Keys by which organizations can be ordered."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


@strawberry.enum
class OrderDirection(StrEnum):
    """Direction of an order."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.input
class OrganizationOrder:
    """Order of a list of organizations."""

    field: OrganizationOrderField = OrganizationOrderField.NAME
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class OrganizationFilter:
    """Criteria for the list of organizations; an omitted one does not limit it."""

    status: OrganizationStatus | None = strawberry.field(default=None, description="Only organizations in this state.")
    register_status: RegisterStatus | None = strawberry.field(
        default=None, description="Only organizations in this state in the business register."
    )


def _said(description: str) -> Any:
    return strawberry.argument(description=description)


async def _organization(
    info: Info,
    id: Annotated[ID | None, _said("Global id of the organization.")] = None,  # noqa: A002 - the argument's name in the API
    business_id: Annotated[str | None, _said("A Finnish Business ID in any spelling.")] = None,
) -> Any:
    return await organization.by_either(info.context, id, business_id, columns_read(info))


async def _organizations(  # noqa: PLR0913, PLR0917 - the arguments of the API
    info: Info,
    search: Annotated[str | None, _said("A part of a name, or an identifier; at most 200 characters.")] = None,
    filter: Annotated[OrganizationFilter | None, _said("Criteria that all listed organizations meet.")] = None,  # noqa: A002 - the argument's name in the API
    order_by: Annotated[OrganizationOrder | None, _said("By default by name, ascending.")] = None,
    first: Annotated[int | None, _said(WINDOW["first"][1])] = None,
    after: Annotated[str | None, _said(WINDOW["after"][1])] = None,
    last: Annotated[int | None, _said(WINDOW["last"][1])] = None,
    before: Annotated[str | None, _said(WINDOW["before"][1])] = None,
) -> Any:
    limits, order = filter or OrganizationFilter(), order_by or OrganizationOrder()
    wanted = OrganizationSearch(
        text=search,
        status=limits.status,
        register_status=limits.register_status,
        by_name=order.field is OrganizationOrderField.NAME,
        descending=order.direction is OrderDirection.DESC,
    )
    return await organization.of_viewer(info.context, wanted, Window(first, after, last, before, columns_read(info)))


async def _services(info: Info) -> Any:
    return await service.every(info.context)


async def _service(info: Info, code: Annotated[str, _said("Code of the service.")]) -> Any:
    return await service.by_code(info.context, code)


async def _message_verify(
    info: Info,
    code: Annotated[str, _said("Message id at the end of the message; spaces, dashes and case do not matter.")],
) -> Any:
    return await message.by_code(info.context, code)


async def _node(info: Info, id: Annotated[ID, _said("Global id of the object.")]) -> Any:  # noqa: A002 - the argument's name in the API
    return await node.one(info.context, id)


async def _nodes(info: Info, ids: Annotated[list[ID], _said("Global ids, at most 100.")]) -> Any:
    return await node.several(info.context, ids)


def _viewer_account(_row: None, context: RequestContext) -> Any:
    return context.viewer.account


@strawberry.type
class Query:
    """All queries."""

    me: Account | None = computed(_viewer_account, rule=rule(SIGNED_IN, with_tasks=True), description="Your account.")
    organization: Organization | None = strawberry.field(
        resolver=_organization,
        directives=[rule(SIGNED_IN)],
        description="The organization with that id, or with that Business ID in any spelling. Give exactly one of the "
        "two.",
    )
    organizations: Connection[Organization] | None = strawberry.field(
        resolver=_organizations,
        directives=[rule(SIGNED_IN)],
        description="Your organizations; for staff, all. `search` matches names and identifiers.",
    )
    services: list[Service] = strawberry.field(
        resolver=_services, directives=[rule(PUBLIC)], description="The electronic services of the post, by code."
    )
    service: Service | None = strawberry.field(
        resolver=_service, directives=[rule(PUBLIC)], description="The service with that code; null if there is none."
    )
    message_verify: GenuineMessage | None = strawberry.field(
        resolver=_message_verify,
        directives=[rule(PUBLIC)],
        description="Checks that a message came from us, by the message id at its end. Null: we have sent no message "
        "with that id, so open none of its links.",
    )
    node: Node | None = strawberry.field(
        resolver=_node,
        directives=[rule(SIGNED_IN)],
        description="The object with that global id; null if it does not exist or is hidden from you.",
    )
    nodes: list[Node | None] | None = strawberry.field(
        resolver=_nodes,
        directives=[rule(SIGNED_IN)],
        description="The objects in the order of their ids, at most 100; null for an id of nothing that you may see.",
    )
