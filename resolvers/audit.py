"""The history of an account, in the words of the person it is about."""

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
    """Who did something, as far as the person it was done to may know."""

    YOU = "YOU"
    SOMEBODY_ELSE = "SOMEBODY_ELSE"
    SYSTEM = "SYSTEM"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of what was done, or attempted, to an account, newest first."""
    return page(context, AUDIT_ENTRIES_OF_ACCOUNT, account_id, window)


def in_words(row: Row, context: RequestContext) -> str:
    """Return what happened, in the language of the request."""
    return sentence(context.language, row["audit_entry_action"], row["audit_entry_result"])


def sentence(language: Language, action: str, result: str) -> str:
    """Return an action and its result as a sentence; what there are no words for is told by its name."""
    ending = "-refused" if result == AuditResult.REFUSED else ""
    key = f"audit-{action.replace('.', '-')}{ending}"
    return text(language, key if has_text(key) else f"audit-something{ending}", {"action": action})


def actor_of(row: Row, _context: RequestContext) -> AuditActor:
    """Return who did it; never who somebody else is."""
    if row["audit_entry_actor_id"] is not None:
        return AuditActor.YOU if row["audit_entry_actor_id"] == row["account_id"] else AuditActor.SOMEBODY_ELSE
    return AuditActor.SYSTEM if row["audit_entry_actor_name"] is not None else AuditActor.NOT_SIGNED_IN
