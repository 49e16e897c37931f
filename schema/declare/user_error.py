"""The interface of user errors: why a mutation was refused."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from schema.declare.fields import column, computed
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
