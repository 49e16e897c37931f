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
    """A copy of all data that we keep about you, if it was made."""

    document: JSON | None = returned(
        lambda document: document,
        description="Sections such as `profile`, `memberships`, `sessions` and `history`. `formatVersion` rises when a "
        "section is removed or changes its meaning. It contains no secrets and no data about other people.",
    )


account_export = Mutation(
    payload=AccountExportPayload,
    rule=rule(SIGNED_IN),
    action=Action.ACCOUNT_EXPORT,
    refuses={RefusalCode.REAUTHENTICATION_REQUIRED},
    resolve=export.make,
    description="Make a copy of all data that we keep about you, for you or another service. `reauthenticate` first.",
)
