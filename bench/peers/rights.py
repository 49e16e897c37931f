"""Roles that carry each permission, from our own table, for peers in Python."""

from auth.permissions import ORGANIZATION_ROLES, STAFF_ROLES, OrganizationPermission, StaffPermission


def _roles(permission: OrganizationPermission) -> frozenset[str | None]:
    """Return the roles; may contain None, because a person without a role is looked up as well."""
    return frozenset(role for role, permissions in ORGANIZATION_ROLES.items() if permission in permissions)


def _staff(permission: StaffPermission) -> frozenset[str]:
    return frozenset(role for role, permissions in STAFF_ROLES.items() if permission in permissions)


READ = _roles(OrganizationPermission.ORGANIZATION_READ)
READ_MEMBERS = _roles(OrganizationPermission.MEMBERS_READ)
READ_CONTACTS = _roles(OrganizationPermission.MEMBERS_CONTACT_READ)
ALL_ORGANIZATIONS = _staff(StaffPermission.ORGANIZATIONS_READ)
ALL_ACCOUNTS = _staff(StaffPermission.ACCOUNTS_READ)
