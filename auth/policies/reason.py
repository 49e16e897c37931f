"""Reasons that stand against an action: one vocabulary for policies, refusals and the API."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason against an action, named by the code with which its mutation answers."""

    TASK_OPEN = "TASK_OPEN"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    REAUTHENTICATION_REQUIRED = "REAUTHENTICATION_REQUIRED"
    WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR"


# Answered by the rule of the mutation, as the error of its field, before the use case runs. Each stands alone: a person
# who may not act at all is told nothing more.
ANSWERED_BY_RULES = frozenset({Reason.TASK_OPEN, Reason.FORBIDDEN})
