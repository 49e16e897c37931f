"""The caller of a request: who she is, which roles she has, and what they let her do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from auth.permissions import ROLES_WITH, STAFF_ROLES, OrganizationPermission, StaffPermission


@dataclass(frozen=True, slots=True)
class CookieRefusal:
    """The reason why a request may not use or get the session cookie; the message says what to change."""

    code: str
    message: str


@dataclass(slots=True, eq=False)
class Viewer:
    """The account behind a request, or nobody; `roles` maps each organization of hers to her role in it.

    She is `fresh` when she proved her password, by signing in or by `reauthenticate`, in the ten minutes before.

    Nobody may have a `cookie_refusal`: signed in or not, the request came in a way in which no session cookie counts.

    While she has `tasks`, her session is restricted: no role of hers lets her do anything. Nobody changes a viewer;
    frozen, she would take three times as long to be made, with every request.
    """

    account: Mapping[str, Any] | None = None
    session_id: UUID | None = None
    transport: str | None = None
    roles: dict[UUID, str] = field(default_factory=dict)
    staff_roles: frozenset[str] = frozenset()
    tasks: tuple[str, ...] = ()
    fresh: bool = False
    cookie_refusal: CookieRefusal | None = None
    _with: dict[OrganizationPermission, frozenset[UUID | None]] = field(default_factory=dict)

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
        tasks = tuple(task for task in self.tasks if task not in done)
        return replace(self, tasks=tasks, _with={})

    def organizations_with(self, permission: OrganizationPermission) -> frozenset[UUID | None]:
        """Return the organizations where her role carries the permission."""
        found = self._with.get(permission)
        if found is None:
            roles = {} if self.tasks else self.roles
            admitting = ROLES_WITH[permission]
            found = frozenset([organization for organization, role in roles.items() if role in admitting])
            self._with[permission] = found
        return found

    def may_as_staff(self, permission: StaffPermission) -> bool:
        """Return whether one of her staff roles carries the permission."""
        return not self.tasks and any(permission in STAFF_ROLES[role] for role in self.staff_roles)


NOBODY = Viewer()
