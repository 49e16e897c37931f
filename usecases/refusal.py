"""Refusal of an action: a code, the input at fault, and the key of a text with the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class RefusalCode(StrEnum):
    """Reasons to refuse an action; clients branch on these."""

    CONFLICT = "CONFLICT"
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    SESSION_ENDED = "SESSION_ENDED"
    REAUTHENTICATION_REQUIRED = "REAUTHENTICATION_REQUIRED"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - a reason's name
    PASSWORD_WRONG = "PASSWORD_WRONG"  # noqa: S105 - a reason's name
    PASSWORD_TOO_SHORT = "PASSWORD_TOO_SHORT"  # noqa: S105 - a reason's name
    PASSWORD_TOO_LONG = "PASSWORD_TOO_LONG"  # noqa: S105 - a reason's name
    PASSWORD_COMMON = "PASSWORD_COMMON"  # noqa: S105 - a reason's name
    PASSWORD_BREACHED = "PASSWORD_BREACHED"  # noqa: S105 - a reason's name
    PASSWORD_PERSONAL = "PASSWORD_PERSONAL"  # noqa: S105 - a reason's name
    PASSWORD_OF_OLD_CODE = "PASSWORD_OF_OLD_CODE"  # noqa: S105 - a reason's name
    EMAIL_TAKEN = "EMAIL_TAKEN"
    ACKNOWLEDGEMENT_REQUIRED = "ACKNOWLEDGEMENT_REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR"


# Data of a refusal beside its text; the API has a type for each, named after it: `ConflictError`.


@dataclass(frozen=True, slots=True)
class Conflict:
    """The object that has changed since the caller saw it."""

    kind: str  # the type in global ids: `Account`
    id: UUID


@dataclass(frozen=True, slots=True)
class LastAdministrator:
    """The organizations that would lose their last administrator, and memberships of people who could replace them."""

    organization_ids: tuple[UUID, ...]
    membership_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason: `text` is the key of the message in the catalogue, `facts` are its variables.

    `field` is the path of the value at fault in the arguments of the use case: `("email",)`.
    """

    code: RefusalCode
    text: str
    field: tuple[str, ...] = ()
    facts: Mapping[str, str] | None = None
    data: Conflict | LastAdministrator | None = None


@dataclass(eq=False)
class RefusedError(Exception):
    """An action was refused and changed nothing."""

    refusals: list[Refusal] = field(default_factory=list)
