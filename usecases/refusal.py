"""Refusal of an action: a code, the input at fault, and the key of a text with the remedy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from auth.policies.reason import ANSWERED_BY_RULES, Reason


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


class DeniedError(Exception):
    """The actor may not do this; the API answers with the error of the mutation's rule."""


def refuse_for(reasons: Collection[Reason], *detailed: Refusal) -> None:
    """Refuse an action if reasons stand against it.

    `detailed` are refusals that say more than the code of a reason. Raises DeniedError if a rule answers one of them,
    otherwise RefusedError with all of them.
    """
    if not ANSWERED_BY_RULES.isdisjoint(reasons):
        raise DeniedError
    told = {refusal.code: refusal for refusal in detailed}
    codes = [RefusalCode[reason.name] for reason in reasons]
    if codes:
        raise RefusedError([told.get(code) or Refusal(code, code) for code in codes])
