"""Links of messages: a page of the configured front end, with the secret in the fragment, which no server logs."""

from collections.abc import Mapping
from urllib.parse import quote

from usecases.mail.enqueue import TOKEN
from usecases.mail.message_kind import MessageKind

VERIFY_PAGE = "/message"


def link(public_url: str, kind: MessageKind, secrets: Mapping[str, str]) -> str | None:
    """Return the message's link under the configured address, never under one from a request (CVE-2025-25198).

    The secret follows the #, so that it reaches no server, no log and no Referer. Opening the page changes nothing,
    because mail scanners open it too. A waiting alarm from before alarms had links is sent without one.
    """
    opened = kind.any_link
    if opened is None or (kind.is_alarm and TOKEN not in secrets):
        return None
    return f"{public_url}{opened.page}#token={quote(secrets[TOKEN], safe='')}"


def verify_site(public_url: str) -> str:
    """Return the page on which the reader types a message id, as text and not as a link.

    A forged message would link to a page of its own that says "genuine".
    """
    return f"{public_url.partition('://')[2]}{VERIFY_PAGE}"
