"""User errors: why a mutation was refused, and what helps to go on."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers import refusal
from schema.declare.fields import Node, column, computed, related
from schema.declare.rules import PUBLIC, rule
from schema.types.membership import Membership
from schema.types.organization import Organization
from usecases.refusal import RefusalCode

strawberry.enum(RefusalCode, name="UserErrorCode", description="The reason why an action was refused; branch on these.")


@strawberry.interface(
    description="A stated reason why an action was refused; nothing was changed. Some codes have a type of their own "
    "with what helps to go on: ask for it by `... on ConflictError`."
)
class UserError:
    """A stated reason why an action was refused."""

    code: RefusalCode = column("code")
    field: list[str] | None = computed(
        lambda error, _: [to_camel_case(name) for name in error["field"]] or None,
        description='The path of the input at fault: `["input", "phone"]`.',
    )
    message: str = column("message", description="In the language of the request, for people.")


@strawberry.type(directives=[rule(PUBLIC)], description="A reason that has nothing more to say.")
class PlainError(UserError):
    """A reason that has nothing more to say."""


@strawberry.type(
    directives=[rule(PUBLIC)], description="`CONFLICT`: somebody else has changed the object since you saw it."
)
class ConflictError(UserError):
    """The object has changed since the caller saw it."""

    current: Node | None = related(
        refusal.conflicting, description="The object as it is now; make your change again with its `version`."
    )


@strawberry.type(
    directives=[rule(PUBLIC)],
    description="`WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR`: appoint another administrator first.",
)
class LastAdministratorError(UserError):
    """Organizations would be left without an administrator."""

    organizations: list[Organization | None] = related(
        refusal.organizations, description="The organizations that would be left without an administrator."
    )
    candidates: list[Membership | None] = related(
        refusal.candidates, description="Members who could be appointed, at most 20, user managers first."
    )


USER_ERRORS = (PlainError, ConflictError, LastAdministratorError)
