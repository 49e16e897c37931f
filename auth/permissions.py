"""Permissions of each role, all on one page."""

from enum import StrEnum

from models.membership import Role
from models.staff import StaffRole


class OrganizationPermission(StrEnum):
    """Permissions of a member's role in the organization."""

    ORGANIZATION_READ = "ORGANIZATION_READ"
    ORGANIZATION_UPDATE = "ORGANIZATION_UPDATE"
    MEMBERS_READ = "MEMBERS_READ"
    MEMBERS_CONTACT_READ = "MEMBERS_CONTACT_READ"
    MEMBERS_UPDATE = "MEMBERS_UPDATE"
    ROLES_UPDATE = "ROLES_UPDATE"
    LEGACY_CODES_READ = "LEGACY_CODES_READ"


class StaffPermission(StrEnum):
    """Permissions of the company's own staff."""

    ACCOUNTS_READ = "ACCOUNTS_READ"
    ORGANIZATIONS_READ = "ORGANIZATIONS_READ"
    LEGACY_CODES_READ = "LEGACY_CODES_READ"


_MEMBER = {OrganizationPermission.ORGANIZATION_READ}
_USER_MANAGER = _MEMBER | {
    OrganizationPermission.MEMBERS_READ,
    OrganizationPermission.MEMBERS_CONTACT_READ,
    OrganizationPermission.MEMBERS_UPDATE,
}
_ADMINISTRATOR = _USER_MANAGER | {
    OrganizationPermission.ORGANIZATION_UPDATE,
    OrganizationPermission.ROLES_UPDATE,
    OrganizationPermission.LEGACY_CODES_READ,
}

ORGANIZATION_ROLES: dict[str, frozenset[OrganizationPermission]] = {
    Role.MEMBER: frozenset(_MEMBER),
    Role.USER_MANAGER: frozenset(_USER_MANAGER),
    Role.ADMINISTRATOR: frozenset(_ADMINISTRATOR),
}

ROLES_WITH: dict[OrganizationPermission, frozenset[str]] = {
    permission: frozenset(role for role, permissions in ORGANIZATION_ROLES.items() if permission in permissions)
    for permission in OrganizationPermission
}

STAFF_ROLES: dict[str, frozenset[StaffPermission]] = {
    StaffRole.SUPPORT: frozenset(
        {StaffPermission.ACCOUNTS_READ, StaffPermission.ORGANIZATIONS_READ, StaffPermission.LEGACY_CODES_READ}
    ),
    StaffRole.RENEWAL_OPERATOR: frozenset({StaffPermission.ORGANIZATIONS_READ, StaffPermission.LEGACY_CODES_READ}),
    StaffRole.AUDITOR: frozenset(StaffPermission),
}
