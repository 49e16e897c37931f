"""Who does something and from where, and the one audit entry that every deed and every refused attempt leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.viewer import NOBODY, ServiceViewer, Viewer
from models import metadata  # noqa: F401 - a flush fails while a table that a foreign key names is unknown
from models.audit import AuditEntry, AuditResult
from models.values.user_agent import shortened


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks for a deed: a viewer over the wire, or a named system viewer on the command line."""

    viewer: Viewer = NOBODY
    name: str | None = None
    request_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    device: str | None = None  # the secret that its browser keeps; never in the audit

    @property
    def actor_name(self) -> str | None:
        """Return the name of an actor that has no account: a service or a system viewer."""
        return f"service:{self.viewer.code}" if isinstance(self.viewer, ServiceViewer) else self.name


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to whom; never with a secret among the changes."""

    action: str
    subject_id: UUID | None = None
    organization_id: UUID | None = None
    result: AuditResult = AuditResult.DONE
    changes: Mapping[str, Any] = field(default_factory=dict)


def record(session: AsyncSession, author: Author, deed: Deed) -> None:
    """Write the audit entry into the transaction of the deed itself, so that neither exists without the other."""
    session.add(
        AuditEntry(
            action=deed.action,
            result=deed.result,
            actor_id=author.viewer.account_id,
            actor_name=author.actor_name,
            subject_id=deed.subject_id,
            organization_id=deed.organization_id,
            session_id=author.viewer.session_id,
            request_id=author.request_id,
            address=author.address,
            user_agent=shortened(author.user_agent),
            changes=dict(deed.changes),
        )
    )
