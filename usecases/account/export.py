"""A copy of everything we keep about a person, for herself: machine-readable, complete (GDPR, articles 15 and 20)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditResult
from models.queries.export import SECTIONS, Section
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.session.session import require_fresh

FORMAT = "omaposti-account-export"
FORMAT_VERSION = 1  # rises when a section or a field goes or changes its meaning; new ones may come without

Document: TypeAlias = dict[str, Any]
InWords: TypeAlias = Callable[[str, AuditResult], str]  # an action and its result as a sentence


async def export_account(db: AsyncSession, actor: Actor, in_words: InWords, *, now: datetime) -> Document:
    """Return all that is kept of the actor, and of nobody else, as plain JSON values.

    Raises RefusedError REAUTHENTICATION_REQUIRED: a copy of everything is worth stealing.
    """
    require_fresh(actor.viewer)
    account_id = actor.viewer.account_id
    assert account_id is not None
    document: Document = {"format": FORMAT, "formatVersion": FORMAT_VERSION, "exportedAt": now.isoformat()}
    for name, section in SECTIONS.items():
        rows = await _rows(db, section, account_id)
        document[_camel(name)] = [_told(row, in_words) for row in rows]
    (document["profile"],) = document["profile"]
    write_audit(db, actor, AuditRecord(Action.ACCOUNT_EXPORT, account_id))
    await db.flush()
    return document


async def _rows(db: AsyncSession, section: Section, account_id: UUID) -> list[Mapping[str, Any]]:
    columns = section.statement.selected_columns
    own = section.statement.where(columns["account_id"] == account_id).order_by(columns[0])
    return [dict(row) for row in (await db.execute(own)).mappings()]


def _told(row: Mapping[str, Any], in_words: InWords) -> Document:
    """Return a row as JSON values; whose it is, the whole document says."""
    told = {_camel(name): _plain(value) for name, value in row.items() if name != "account_id"}
    return told | ({"text": in_words(row["action"], row["result"])} if "action" in row else {})


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # and so a moment too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
