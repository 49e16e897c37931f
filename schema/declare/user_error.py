"""Interface of user errors, the reasons of a refused mutation."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from schema.declare.fields import column, computed
from usecases.refusal import RefusalCode

strawberry.enum(
    RefusalCode, name="UserErrorCode", description="Reason why an action was refused; programs branch on it."
)


@strawberry.interface
class UserError:
    """Reason why an action was refused; nothing was changed.

    Some codes have a type with data about the remedy: select it with `... on ConflictError`.
    """

    code: RefusalCode = column("code")
    field: list[str] | None = computed(
        lambda error, _: [to_camel_case(name) for name in error["field"]] or None,
        description='Path of the input at fault: `["input", "phone"]`.',
    )
    message: str = column("message", description="Text for people, in the language of the request.")
