"""Policies of organizations."""

from uuid import UUID

from auth.permissions import OrganizationPermission
from auth.policies.reason import Reason
from auth.viewer import Viewer


def reasons_against_update(viewer: Viewer, organization_id: UUID) -> list[Reason]:
    """Return the reasons against changing an organization's details, by the roles of the request's start."""
    if viewer.tasks:
        return [Reason.TASK_OPEN]
    may = organization_id in viewer.organizations_with(OrganizationPermission.ORGANIZATION_UPDATE)
    return [] if may else [Reason.FORBIDDEN]
