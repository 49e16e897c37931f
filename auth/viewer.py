"""Viewers: the caller of a request as an account, a service or nobody, with what each of them may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias
from uuid import UUID

from auth.permissions import ROLES_WITH, STAFF_ROLES, OrganizationPermission, StaffPermission


@dataclass(frozen=True, slots=True)
class CookieRefusal:
    """The reason why a request may not use or get the session cookie; the message says what to change."""

    code: str
    message: str


@dataclass(slots=True, eq=False)
class AccountViewer:
    """A person who is signed in; `roles` maps each organization of theirs to their role in it.

    The viewer is `fresh` for ten minutes after proving the password, by signing in or by `reauthenticate`. While there
    are `tasks`, the session is restricted: no role has an effect. Treat it as immutable. A frozen dataclass takes three
    times as long to make, for every request.
    """

    account: Mapping[str, Any]
    session_id: UUID | None = None
    transport: str | None = None
    roles: dict[UUID, str] = field(default_factory=dict)
    staff_roles: frozenset[str] = frozenset()
    tasks: tuple[str, ...] = ()
    fresh: bool = False
    _with: dict[OrganizationPermission, frozenset[UUID | None]] = field(default_factory=dict)

    signed_in: ClassVar[bool] = True

    @property
    def account_id(self) -> UUID:
        """Return the account's id."""
        account_id: UUID = self.account["account_id"]
        return account_id

    def without_tasks(self, *done: str) -> "AccountViewer":
        """Return the viewer after those tasks are done."""
        tasks = tuple(task for task in self.tasks if task not in done)
        return replace(self, tasks=tasks, _with={})

    def organizations_with(self, permission: OrganizationPermission) -> frozenset[UUID | None]:
        """Return the organizations where the person's role carries the permission."""
        found = self._with.get(permission)
        if found is None:
            roles = {} if self.tasks else self.roles
            admitting = ROLES_WITH[permission]
            found = frozenset([organization for organization, role in roles.items() if role in admitting])
            self._with[permission] = found
        return found

    def may_as_staff(self, permission: StaffPermission) -> bool:
        """Return whether one of the person's staff roles carries the permission."""
        return not self.tasks and any(permission in STAFF_ROLES[role] for role in self.staff_roles)


class _WithoutAccount:
    """The account's part of a viewer without an account: no session, no role, no permission."""

    __slots__ = ()

    signed_in: ClassVar[bool] = False
    account: ClassVar[None] = None
    account_id: ClassVar[None] = None
    session_id: ClassVar[None] = None
    transport: ClassVar[None] = None
    roles: ClassVar[Mapping[UUID, str]] = MappingProxyType({})
    staff_roles: ClassVar[frozenset[str]] = frozenset()
    tasks: ClassVar[tuple[str, ...]] = ()
    fresh: ClassVar[bool] = False

    def organizations_with(self, _permission: OrganizationPermission) -> frozenset[UUID | None]:
        """Return no organization."""
        return frozenset()

    def may_as_staff(self, _permission: StaffPermission) -> bool:
        """Return False."""
        return False


@dataclass(frozen=True, slots=True)
class ServiceViewer(_WithoutAccount):
    """The back end of an electronic service, proved by a credential of its own.

    It has no account: only the rule PUBLIC admits it, until a rule has a criterion for services.
    """

    service_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Nobody(_WithoutAccount):
    """A caller without a valid credential; `cookie_refusal` is the reason why a page's session cookie was refused."""

    cookie_refusal: CookieRefusal | None = None


Viewer: TypeAlias = AccountViewer | ServiceViewer | Nobody

NOBODY = Nobody()
