"""`accountExport`."""

from strawberry.scalars import JSON

from resolvers import export
from schema.declare.mutation import Mutation
from schema.declare.payload import payload_type, returned
from schema.declare.rules import SIGNED_IN, rule
from usecases.audit.action import Action
from usecases.refusal import RefusalCode


@payload_type
class AccountExportPayload:
    """A copy of everything we keep about you, if it was made."""

    document: JSON | None = returned(
        lambda document: document,
        description="`profile`, `memberships`, `sessions`, `history` and so on; `formatVersion` rises when any of them "
        "goes or changes its meaning. No secret is in it, and nothing about anybody else.",
    )


account_export = Mutation(
    payload=AccountExportPayload,
    rule=rule(SIGNED_IN),
    action=Action.ACCOUNT_EXPORT,
    refuses={RefusalCode.REAUTHENTICATION_REQUIRED},
    resolve=export.make,
    description="Make a copy of everything we keep about you, for you or another service. `reauthenticate` first.",
)
