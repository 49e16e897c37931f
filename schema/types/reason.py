"""Why the viewer cannot do something just now: what an interface says beside a button that it greys."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="Why the viewer cannot do something just now.")
class Reason(StrEnum):
    """Why the viewer cannot do something just now."""

    NOT_OWN_ACCOUNT = "NOT_OWN_ACCOUNT"
    TASK_OPEN = "TASK_OPEN"
    REAUTHENTICATION_REQUIRED = "REAUTHENTICATION_REQUIRED"
    SESSION_ENDED = "SESSION_ENDED"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    PERMISSION_MISSING = "PERMISSION_MISSING"
