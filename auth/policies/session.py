"""Policies of sessions: a person ends their own only, also while they have open tasks."""

from datetime import datetime
from uuid import UUID

from auth.policies.reason import Reason
from auth.viewer import Viewer


def reasons_against_revocation(viewer: Viewer, account_id: UUID, ended_at: datetime | None) -> list[Reason]:
    """Return the reasons against ending a session; another person's does not exist for the viewer."""
    is_live = account_id == viewer.account_id and ended_at is None
    return [] if is_live else [Reason.NOT_FOUND]
