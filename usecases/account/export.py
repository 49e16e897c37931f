"""Export of all data about a person, for that person: machine-readable and complete (GDPR, articles 15 and 20)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policies.account import reasons_against_export
from models.audit import AuditResult
from models.queries.export import SECTIONS, Section
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import refuse_for

FORMAT = "omaposti-account-export"
FORMAT_VERSION = 1  # rises when a section or a field is removed or changes its meaning, not when one is added

Document: TypeAlias = dict[str, Any]
InWords: TypeAlias = Callable[[str, AuditResult], str]  # makes a sentence of an action and its result


async def export_account(db: AsyncSession, actor: Actor, in_words: InWords, *, now: datetime) -> Document:
    """Return all data about the actor, and about nobody else, as plain JSON values.

    Raises RefusedError REAUTHENTICATION_REQUIRED, because such a copy is worth stealing.
    """
    account_id = actor.viewer.account_id
    refuse_for(reasons_against_export(actor.viewer, account_id))
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
    """Return a row as JSON values, without the account's id: the whole document is about one account."""
    told = {_camel(name): _plain(value) for name, value in row.items() if name != "account_id"}
    return told | ({"text": in_words(row["action"], row["result"])} if "action" in row else {})


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
