"""Reasons against an action of the viewer, which an interface shows beside a disabled button."""

from enum import StrEnum

import strawberry


@strawberry.enum
class Reason(StrEnum):
    """Reason why the viewer cannot perform an action now."""

    NOT_OWN_ACCOUNT = "NOT_OWN_ACCOUNT"
    TASK_OPEN = "TASK_OPEN"
    REAUTHENTICATION_REQUIRED = "REAUTHENTICATION_REQUIRED"
    SESSION_ENDED = "SESSION_ENDED"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    PERMISSION_MISSING = "PERMISSION_MISSING"
