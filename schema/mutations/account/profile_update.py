"""`profileUpdate`."""

import strawberry
from strawberry import Maybe

from resolvers import profile
from schema.declare.mutation import Mutation
from schema.declare.payload import input_type, payload_type, viewer_account
from schema.declare.rules import SIGNED_IN, rule
from schema.types.account import Account
from schema.types.language import Language
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@input_type
class ProfileUpdateInput:
    """Your details. An omitted field stays as it is; null clears it."""

    version: int = strawberry.field(
        description="The `version` of the account that you read; an outdated one is refused."
    )
    display_name: Maybe[str | None]
    given_name: Maybe[str | None]
    family_name: Maybe[str | None]
    phone: Maybe[str | None] = strawberry.field(description="In any spelling; stored in E.164 form.")
    language: Maybe[Language | None]


@payload_type
class ProfileUpdatePayload:
    """Your account as it is now, changed or not."""

    account: Account | None = viewer_account()


profile_update = Mutation(
    input=ProfileUpdateInput,
    payload=ProfileUpdatePayload,
    rule=rule(SIGNED_IN),
    action=Action.PROFILE_UPDATE,
    refuses={RefusalCode.CONFLICT, RefusalCode.INVALID, RefusalCode.REQUIRED},
    resolve=profile.update,
    description="Change your own details: either all fields that you send, or none. Every service sees them at once.",
)
