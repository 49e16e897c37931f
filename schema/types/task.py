"""What a person must do before her account is good for anything else."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from models.task import TaskKind
from schema.declare.fields import column
from schema.declare.rules import SELF, rule

strawberry.enum(TaskKind, description="What there is to do.")


@strawberry.type(
    directives=[rule(SELF, staff=StaffPermission.ACCOUNTS_READ, with_tasks=True)],
    description="Something a person must do first; until then her sessions open nothing but her details and this.",
)
class Task:
    """Something a person must do before going on."""

    kind: TaskKind = column()
    opened_at: datetime = column()
