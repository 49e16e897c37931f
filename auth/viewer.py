"""The caller of a request: who she is, which roles she has, and what they let her do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from auth.permissions import STAFF_ROLES, StaffPermission


@dataclass(frozen=True, slots=True)
class Viewer:
    """The account behind a request, or nobody; `roles` maps each organization of hers to her role in it.

    While she has `tasks`, her session is restricted: no role of hers lets her do anything.
    """

    account: Mapping[str, Any] | None = None
    session_id: UUID | None = None
    transport: str | None = None
    roles: dict[UUID, str] = field(default_factory=dict)
    staff_roles: frozenset[str] = frozenset()
    tasks: tuple[str, ...] = ()
    reauthenticated_at: datetime | None = None

    @property
    def account_id(self) -> UUID | None:
        """Return the account's id, or None for nobody."""
        return self.account["account_id"] if self.account is not None else None

    @property
    def signed_in(self) -> bool:
        """Return whether somebody is behind the request at all."""
        return self.account is not None

    def without_tasks(self, *done: str) -> "Viewer":
        """Return her as she is once those tasks are done."""
        return replace(self, tasks=tuple(task for task in self.tasks if task not in done))

    @property
    def effective_roles(self) -> Mapping[UUID, str]:
        """Return her role in each organization where it lets her do anything now."""
        return {} if self.tasks else self.roles

    def may_as_staff(self, permission: StaffPermission) -> bool:
        """Return whether one of her staff roles carries the permission."""
        return not self.tasks and any(permission in STAFF_ROLES[role] for role in self.staff_roles)


NOBODY = Viewer()
