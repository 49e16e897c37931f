"""Messages: a person's own, and the check that a message came from us."""

import re
from collections.abc import Awaitable
from uuid import UUID

from models.account import Language
from models.db.query import Row
from models.message import MESSAGE_BY_CODE, MESSAGES_OF_ACCOUNT
from resolvers.core.context import RequestContext
from resolvers.core.paging import Page, Window, page
from resolvers.core.rate_limits import limit_operation, rate_limit_errors
from usecases.mail import message_head
from usecases.mail.masking import masked
from usecases.mail.message_kind import MessageKind

_CODE = re.compile(r"[A-Z2-9]{15}", re.ASCII)
_GROUP = 5


def of_account(context: RequestContext, account_id: UUID, window: Window) -> Awaitable[Page]:
    """Return a page of the messages to a person, newest first."""
    return page(context, MESSAGES_OF_ACCOUNT, account_id, window)


async def by_code(context: RequestContext, typed: str) -> Row | None:
    """Return the message with that code, or None; spaces, dashes and case do not matter.

    Each code counts towards the rate limit, so that aliases in one request cannot bypass it. Raises GraphQLError
    RATE_LIMITED.
    """
    with rate_limit_errors(context):
        await limit_operation(context, "messageVerify")
    code = re.sub(r"[\s-]+", "", typed[:100]).upper()
    if not _CODE.fullmatch(code):
        return None
    groups = "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
    rows = await context.fetch(MESSAGE_BY_CODE, code=groups)
    return rows[0] if rows else None


def subject(row: Row, _context: RequestContext) -> str:
    """Return the message's subject, in the language it was written in."""
    return message_head.subject(MessageKind(row["message_kind"]), Language(row["message_language"]))


def sent_to(row: Row, _context: RequestContext) -> str:
    """Return the masked address, which only its owner recognises."""
    return masked(row["message_email"])
