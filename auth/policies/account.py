"""Policies of one's own account: an account is changed, copied and closed by its owner only, never by staff."""

from uuid import UUID

from auth.policies.reason import Reason
from auth.viewer import Viewer


def reasons_against_profile_update(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    """Return the reasons against changing the details of an account."""
    return _reasons_of_rules(viewer, account_id)


def reasons_against_password_change(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    """Return the reasons against a new password; an open task is none, because it may ask for that password."""
    return _reasons_against_credentials(viewer, account_id)


def reasons_against_email_change(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    """Return the reasons against a new address; an open task is none, because it may ask for that address."""
    return _reasons_against_credentials(viewer, account_id)


def reasons_against_export(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    """Return the reasons against a copy of everything that is kept about a person, which is worth stealing."""
    return _reasons_of_rules(viewer, account_id) or _reasons_of_freshness(viewer)


def reasons_against_closing(viewer: Viewer, account_id: UUID | None, leads_alone: bool) -> list[Reason]:
    """Return the reasons against closing an account.

    `leads_alone` says that an organization would be left without an administrator, which its owner may insist on.
    """
    if denied := _reasons_of_rules(viewer, account_id):
        return denied
    left = [Reason.WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR] if leads_alone else []
    return _reasons_of_freshness(viewer) + left


def _reasons_against_credentials(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    return _reasons_of_freshness(viewer) if _is_own(viewer, account_id) else [Reason.FORBIDDEN]


def _reasons_of_rules(viewer: Viewer, account_id: UUID | None) -> list[Reason]:
    if not _is_own(viewer, account_id):
        return [Reason.FORBIDDEN]
    return [Reason.TASK_OPEN] if viewer.tasks else []


def _reasons_of_freshness(viewer: Viewer) -> list[Reason]:
    return [] if viewer.fresh else [Reason.REAUTHENTICATION_REQUIRED]


def _is_own(viewer: Viewer, account_id: UUID | None) -> bool:
    # A caller without an account owns none: None is not the account of anybody.
    return account_id is not None and account_id == viewer.account_id
