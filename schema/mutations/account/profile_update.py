"""`profileUpdate`."""

from typing import Any

import strawberry
from strawberry import Maybe

from models.account import Language
from resolvers import profile
from schema.declare.fields import Info, computed
from schema.declare.rules import PUBLIC, SIGNED_IN, rule
from schema.types.account import Account
from schema.types.user_error import UserError


@strawberry.input(description="Your details. What is left out stays as it is; null clears it.")
class ProfileUpdateInput:
    """What is left out stays as it is; null clears it."""

    version: int = strawberry.field(description="The `version` of the account you saw; a stale one is refused.")
    display_name: Maybe[str | None]
    given_name: Maybe[str | None]
    family_name: Maybe[str | None]
    phone: Maybe[str | None] = strawberry.field(description="However it is written; kept in E.164 form.")
    language: Maybe[Language | None]


@strawberry.type(directives=[rule(PUBLIC)], description="Your account as it is now, changed or not.")
class ProfileUpdatePayload:
    """Your account as it is now, changed or not."""

    account: Account | None = computed(lambda outcome, _: outcome.account)
    user_errors: list[UserError] = computed(lambda outcome, _: outcome.user_errors)


async def resolve(info: Info, input: ProfileUpdateInput) -> Any:  # noqa: A002 - the argument's name in the API
    """Change your own details."""
    sent = {name: getattr(input, name) for name in ("display_name", "given_name", "family_name", "phone", "language")}
    changes = {name: some.value for name, some in sent.items() if some is not None}
    return await profile.update(info.context, input.version, changes)


profile_update: ProfileUpdatePayload | None = strawberry.mutation(
    resolver=resolve,
    directives=[rule(SIGNED_IN)],
    description="Change your own details, all that you send or none; every service sees them at once.",
)
