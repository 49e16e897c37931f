"""Interface of user errors, the reasons of a refused mutation."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from schema.declare.enum_values import describe_values
from schema.declare.fields import column, computed
from usecases.refusal import RefusalCode

strawberry.enum(
    RefusalCode, name="UserErrorCode", description="Reason why an action was refused; programs branch on it."
)
describe_values(
    {
        RefusalCode.CONFLICT: "Somebody else has changed the object since you read it; a `ConflictError`.",
        RefusalCode.INVALID: "The value is malformed.",
        RefusalCode.REQUIRED: "The value must not be empty.",
        RefusalCode.SIGN_IN_FAILED: "The address or the password is wrong, or the account may not sign in.",
        RefusalCode.ACCOUNT_CLOSED: "The account is closed; a link by mail reopens it.",
        RefusalCode.SESSION_ENDED: "The session has ended; sign in again.",
        RefusalCode.REAUTHENTICATION_REQUIRED: "Call `reauthenticate` first.",
        RefusalCode.TOKEN_INVALID: "The link is used, replaced or expired, or was never valid.",
        RefusalCode.PASSWORD_WRONG: "The password is not that of the sign-up.",
        RefusalCode.PASSWORD_TOO_SHORT: "The password is too short.",
        RefusalCode.PASSWORD_TOO_LONG: "The password is too long.",
        RefusalCode.PASSWORD_COMMON: "The password is easy to guess.",
        RefusalCode.PASSWORD_BREACHED: "The password was published in a data breach.",
        RefusalCode.PASSWORD_PERSONAL: "The password contains words about its owner, such as a name.",
        RefusalCode.PASSWORD_OF_OLD_CODE: "The password is that of an old code of its owner.",
        RefusalCode.EMAIL_TAKEN: "Another account has the address.",
        RefusalCode.ACKNOWLEDGEMENT_REQUIRED: "Several people may read the mailbox; send `acknowledgeRoleMailbox`.",
        RefusalCode.NOT_FOUND: "The object does not exist or is hidden from you.",
        RefusalCode.IDEMPOTENCY_KEY_REUSED: "The key belongs to a call with other input; choose a new one.",
        RefusalCode.WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR: (
            "An organization would lose its last administrator."
        ),
    }
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
