"""Tasks that a person must complete before they can use their account."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.task import TaskKind
from schema.declare.enum_values import describe_values
from schema.declare.fields import column
from schema.declare.rules import SELF, rule

strawberry.enum(TaskKind, description="Kind of a task.")
describe_values(
    {
        TaskKind.CONFIRM_EMAIL: "Confirm the address by a link; `emailConfirmationResend` mails one.",
        TaskKind.SET_NEW_PASSWORD: "Set a new password by `passwordChange`.",
        TaskKind.CHOOSE_OWN_EMAIL: "Change to a personal address by `emailChangeRequest`.",
        TaskKind.CONFIRM_MEMBERSHIP: "Confirm a membership in an organization.",
    }
)


@strawberry.type(directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ, with_tasks=True)])
class Task:
    """A task that a person must complete first; until then their sessions reach little more than their own details."""

    kind: TaskKind = column()
    opened_at: datetime = column()
