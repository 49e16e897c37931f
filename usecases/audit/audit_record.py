"""Audit records: the actor and origin of every action and every refused attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.viewer import NOBODY, ServiceViewer, Viewer
from models import metadata  # noqa: F401 - a flush fails while a table that a foreign key names is unknown
from models.audit import AuditEntry, AuditResult
from models.values.user_agent import shortened
from usecases.audit.action import Action


@dataclass(frozen=True, slots=True)
class Actor:
    """The origin of an action: a viewer of the API, or a named system viewer of a command."""

    viewer: Viewer = NOBODY
    name: str | None = None
    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    device: str | None = None  # the secret that the browser keeps; never in the audit

    @property
    def actor_name(self) -> str | None:
        """Return the name of an actor without an account: a service or a system viewer."""
        return f"service:{self.viewer.code}" if isinstance(self.viewer, ServiceViewer) else self.name


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An action with its subject, organization and changes; changes never contain a secret."""

    action: Action
    subject_id: UUID | None = None
    organization_id: UUID | None = None
    result: AuditResult = AuditResult.DONE
    changes: Mapping[str, Any] = field(default_factory=dict)


def write_audit(db: AsyncSession, actor: Actor, action: AuditRecord) -> None:
    """Write the audit entry in the transaction of the action, so that neither exists without the other."""
    db.add(
        AuditEntry(
            action=action.action,
            result=action.result,
            actor_id=actor.viewer.account_id,
            actor_name=actor.actor_name,
            subject_id=action.subject_id,
            organization_id=action.organization_id,
            session_id=actor.viewer.session_id,
            request_id=actor.request_id,
            address=actor.address,
            user_agent=shortened(actor.user_agent),
            changes=dict(action.changes),
        )
    )
