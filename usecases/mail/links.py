"""Where a message's link leads: a page of the configured front end, with the secret where no server log sees it."""

from collections.abc import Mapping
from urllib.parse import quote

from models.message import MessageKind
from usecases.mail.enqueue import ALARMS, TOKEN

# After the #, so that it reaches no server, no log and no Referer; opening the page changes nothing (mail scanners do).
PAGES: Mapping[MessageKind, str] = {
    MessageKind.SIGN_UP_CONFIRM: "/sign-up/confirm",
    MessageKind.EMAIL_PROOF: "/email/confirm",
    MessageKind.PASSWORD_RESET: "/password/reset",
    MessageKind.PASSWORD_MISSING: "/password/reset",
    MessageKind.PASSWORD_VOIDED: "/password/reset",
    MessageKind.EMAIL_CHANGE_CONFIRM: "/email/change/confirm",
    MessageKind.EMAIL_CHANGED_NOTICE: "/email/change/undo",
    MessageKind.ACCOUNT_CLOSED: "/account/reopen",
    MessageKind.ACCOUNT_REOPEN: "/account/reopen",
    **dict.fromkeys(sorted(ALARMS), "/account/secure"),
}
VERIFY_PAGE = "/message"


def link(public_url: str, kind: MessageKind, secrets: Mapping[str, str]) -> str | None:
    """Return the message's link under the configured address, never under one that a request named (CVE-2025-25198).

    An alarm that waits since before alarms had links goes out without one.
    """
    if kind not in PAGES or (kind in ALARMS and TOKEN not in secrets):
        return None
    return f"{public_url}{PAGES[kind]}#token={quote(secrets[TOKEN], safe='')}"


def verify_site(public_url: str) -> str:
    """Return the page on which the reader types a message id, as text to type and not as a link to press.

    A forged message would link to a page of its own that says "genuine".
    """
    return f"{public_url.partition('://')[2]}{VERIFY_PAGE}"
