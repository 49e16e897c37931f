"""Objects that a refusal refers to, loaded only if the query selects them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from models.db.query import Row
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import UserError
from resolvers.core.node import of_kind


async def conflicting(context: RequestContext, error: UserError) -> Row | None:
    """Return the changed object as it is stored now."""
    return await of_kind(context, error["kind"], error["id"])


async def organizations(context: RequestContext, error: UserError) -> list[Row | None]:
    """Return the organizations that would be left without an administrator."""
    return await _all(context, "Organization", error["organization_ids"])


async def candidates(context: RequestContext, error: UserError) -> list[Row | None]:
    """Return the memberships of people who could become an administrator."""
    return await _all(context, "Membership", error["membership_ids"])


async def _all(context: RequestContext, kind: str, ids: Sequence[UUID]) -> list[Row | None]:
    return list(await asyncio.gather(*(of_kind(context, kind, identity) for identity in ids)))
