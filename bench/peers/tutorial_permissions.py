"""Permission classes of the tutorial's peer, used on the fields that return the guarded objects."""

from typing import Any
from uuid import UUID

import strawberry
from strawberry.permission import BasePermission, PermissionExtension

from bench.peers import rights, tables
from bench.peers.surroundings import note

Info = strawberry.Info[dict[str, Any], None]


class IsAuthenticated(BasePermission):
    """Signed-in viewers."""

    message = "Sign in to read this."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether there is a viewer."""
        note(info, signed_in=info.context["viewer"] is not None)
        return info.context["viewer"] is not None


class IsSelf(BasePermission):
    """The person themselves, without open tasks."""

    message = "Only the person themselves may do this, without open tasks."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the account is the viewer's own."""
        return bool(source.instance.id == info.context["viewer"].id) and not await _is_restricted(info)


class CanReadMembers(BasePermission):
    """Members whose role reads members, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer's role in the organization grants it."""
        identity = source.instance.id
        return await _has_role(info, identity, rights.READ_MEMBERS) or await _is_staff(info, rights.ALL_ORGANIZATIONS)


class CanReadMembership(BasePermission):
    """The person themselves, members whose role reads members, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may read this membership."""
        return await _may_read(info, source.instance, rights.READ_MEMBERS, rights.ALL_ORGANIZATIONS)


class CanReadPerson(BasePermission):
    """The person themselves, members of the organization, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may read this person."""
        return await _may_read(info, source.instance, rights.READ, rights.ALL_ORGANIZATIONS)


class CanReadContacts(BasePermission):
    """The person themselves, members whose role reads contact details, and staff."""

    message = "Ask an administrator of the organization for it."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may read this person's contact details."""
        return await _may_read(info, source.membership, rights.READ_CONTACTS, rights.ALL_ACCOUNTS)


class CanReadOrganization(BasePermission):
    """Members of the organization, and staff."""

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Return whether the viewer may read the organization of a membership."""
        return await may_read_organization(info, source.instance.organization_id)


def null_unless(permission: BasePermission) -> PermissionExtension:
    """Return an extension that makes a field null, without an error, for viewers without the permission."""
    return PermissionExtension([permission], fail_silently=True)


async def _is_restricted(info: Info) -> bool:
    return bool(await info.context["tasks"].load(info.context["viewer"].id))


async def _has_role(info: Info, organization: UUID, roles: frozenset[str | None]) -> bool:
    return await info.context["roles"].load(organization) in roles and not await _is_restricted(info)


async def _is_staff(info: Info, roles: frozenset[str]) -> bool:
    granted = await info.context["staff_roles"].load(info.context["viewer"].id)
    return not roles.isdisjoint(granted) and not await _is_restricted(info)


async def _may_read(
    info: Info, membership: tables.Membership, roles: frozenset[str | None], staff: frozenset[str]
) -> bool:
    own = membership.account_id == info.context["viewer"].id and not await _is_restricted(info)
    return own or await _has_role(info, membership.organization_id, roles) or await _is_staff(info, staff)


async def may_read_organization(info: Info, identity: UUID) -> bool:
    """Return whether the viewer may read an organization."""
    return await _has_role(info, identity, rights.READ) or await _is_staff(info, rights.ALL_ORGANIZATIONS)
