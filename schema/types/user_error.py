"""What a mutation answers when it refuses for a stated reason."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from schema.declare.fields import column, computed
from schema.declare.rules import PUBLIC, rule
from usecases.refusal import RefusalCode

strawberry.enum(RefusalCode, name="UserErrorCode", description="Why a deed was refused; branch on these.")


@strawberry.type(directives=[rule(PUBLIC)], description="A stated reason why a deed was refused; nothing was changed.")
class UserError:
    """A stated reason why a deed was refused."""

    code: RefusalCode = column("code")
    field: list[str] | None = computed(
        lambda error, _: [to_camel_case(name) for name in error["field"]] or None,
        description='The path of the input at fault: `["input", "phone"]`.',
    )
    message: str = column("message", description="In the language of the request, for people.")
