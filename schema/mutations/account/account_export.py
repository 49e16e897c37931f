"""`accountExport`."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers import export
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.user_error import UserError


@strawberry.type(directives=[rule(PUBLIC)], description="A copy of everything we keep about you, if it was made.")
class AccountExportPayload:
    """A copy of everything we keep about you, if it was made."""

    document: JSON | None = computed(
        lambda outcome, _: outcome.document,
        description="`profile`, `memberships`, `sessions`, `history` and so on; `formatVersion` rises when any of them "
        "goes or changes its meaning. No secret is in it, and nothing about anybody else.",
    )
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info) -> Any:
    """Make a copy of everything we keep about you."""
    return await export.make(info.context)


account_export: AccountExportPayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN)],
    description="Make a copy of everything we keep about you, for you or another service. `reauthenticate` first.",
)
