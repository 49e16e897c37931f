"""Audit history of an account, as its owner reads it."""

from collections.abc import Awaitable
from enum import StrEnum
from uuid import UUID

from models.account import Language
from models.audit import AUDIT_ENTRIES_OF_ACCOUNT, AuditResult
from models.db.query import Row
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window, page
from usecases.texts import has_text, text


class AuditActor(StrEnum):
    """Actor of an audit entry, as the account's owner may know them; another person stays unnamed."""

    YOU = "YOU"
    SOMEBODY_ELSE = "SOMEBODY_ELSE"
    SYSTEM = "SYSTEM"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of an account's audit entries, done and refused, newest first."""
    return page(context, AUDIT_ENTRIES_OF_ACCOUNT, account_id, window)


def in_words(row: Row, context: RequestContext) -> str:
    """Return the entry as a sentence in the language of the request."""
    return sentence(context.language, row["audit_entry_action"], row["audit_entry_result"])


def sentence(language: Language, action: str, result: str) -> str:
    """Return an action and its result as a sentence; an action without a text is named by its code."""
    ending = "-refused" if result == AuditResult.REFUSED else ""
    key = f"audit-{action.replace('.', '-')}{ending}"
    return text(language, key if has_text(key) else f"audit-something{ending}", {"action": action})


def actor_of(row: Row, _context: RequestContext) -> AuditActor:
    """Return the kind of actor, never the identity of another person."""
    if row["audit_entry_actor_id"] is not None:
        return AuditActor.YOU if row["audit_entry_actor_id"] == row["account_id"] else AuditActor.SOMEBODY_ELSE
    return AuditActor.SYSTEM if row["audit_entry_actor_name"] is not None else AuditActor.NOT_SIGNED_IN
