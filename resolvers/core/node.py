"""Refetching of any object by its global id."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from graphql import GraphQLError

from models.account import ACCOUNTS_BY_ID
from models.audit import AUDIT_ENTRIES_BY_ID
from models.db.query import Row
from models.legacy_code import LEGACY_CODES_BY_ID
from models.membership import MEMBERSHIPS_BY_ID, SERVICE_ACCESSES_BY_ID
from models.message import MESSAGES_BY_ID
from models.organization import CUSTOMER_NUMBERS_BY_ID, ORGANIZATIONS_BY_ID
from models.service import SERVICES_BY_ID
from models.session import SESSIONS_BY_ID
from resolvers.core import global_id
from resolvers.core.batching import by_id
from resolvers.core.context import RequestContext
from resolvers.core.paging import LARGEST_PAGE

STATEMENTS = {
    "Account": ACCOUNTS_BY_ID,
    "Organization": ORGANIZATIONS_BY_ID,
    "Membership": MEMBERSHIPS_BY_ID,
    "Service": SERVICES_BY_ID,
    "ServiceAccess": SERVICE_ACCESSES_BY_ID,
    "LegacyCode": LEGACY_CODES_BY_ID,
    "CustomerNumber": CUSTOMER_NUMBERS_BY_ID,
    "AuditEntry": AUDIT_ENTRIES_BY_ID,
    "Message": MESSAGES_BY_ID,
    "Session": SESSIONS_BY_ID,
}


async def one(context: RequestContext, text: str) -> Row | None:
    """Return the object with that global id; None for malformed ids and for objects that do not exist."""
    decoded = global_id.decode(text)
    return None if decoded is None else await by_id(context, STATEMENTS[decoded[0]], decoded[1])


async def of_kind(context: RequestContext, kind: str, identity: UUID) -> Row | None:
    """Return the object of that kind with that id."""
    return await by_id(context, STATEMENTS[kind], identity)


async def several(context: RequestContext, texts: Sequence[str]) -> list[Row | None]:
    """Return the objects in the order of their ids, one statement per kind; raises GraphQLError above 100 ids."""
    if len(texts) > LARGEST_PAGE:
        raise GraphQLError(
            f"ask for at most {LARGEST_PAGE} ids at a time; these are {len(texts)}",
            extensions={"code": "BAD_USER_INPUT"},
        )
    return list(await asyncio.gather(*(one(context, text) for text in texts)))
