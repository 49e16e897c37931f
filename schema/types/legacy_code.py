"""Old service-specific codes, until the renewal has retired them."""

from datetime import datetime

import strawberry

from auth.permissions import OrganizationPermission, StaffPermission
from models.legacy_code import LegacyCodeKind, LegacyCodeStatus
from models.membership import ServiceRole
from schema.declare.fields import Node, column, node_id, same_row
from schema.declare.rules import SELF, rule
from schema.types.service import Service

strawberry.enum(LegacyCodeKind, description="Users of an old code: one person, several people, a machine.")
strawberry.enum(
    LegacyCodeStatus,
    description="Progress of an old code on its way to a personal account. "
    "`LINKED`: its owner confirmed that it is theirs. `UNLINKED`: that was undone. "
    "`SPLIT`: an administrator divided its accesses among persons. `RETIRED`: it ended without a link.",
)


@strawberry.type(
    directives=[
        rule(SELF, organization=OrganizationPermission.LEGACY_CODES_READ, staff=StaffPermission.LEGACY_CODES_READ)
    ]
)
class LegacyCode(Node):
    """An old service-specific code."""

    id: strawberry.ID = node_id("LegacyCode", "legacy_code_id")
    service: Service = same_row()
    code: str = column(description="The code exactly as the service wrote it.")
    kind: LegacyCodeKind = column()
    status: LegacyCodeStatus = column()
    service_role: ServiceRole | None = column(description="Role that the code has in the service.")
    locked_at: datetime | None = column(description="Time when the service locked it; a locked code cannot sign in.")
    last_used_at: datetime | None = column(
        description="Time of the last sign-in with the code, as the service reported it."
    )
