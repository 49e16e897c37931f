"""Where a letter's link leads: a page of the configured front end, with the secret where no server log sees it."""

from collections.abc import Mapping
from urllib.parse import quote

from models.message import Letter
from usecases.mail.post import ALARMS, TOKEN

# After the #, so that it reaches no server, no log and no Referer; opening the page changes nothing (mail scanners do).
PAGES: Mapping[Letter, str] = {
    Letter.SIGN_UP_CONFIRM: "/sign-up/confirm",
    Letter.EMAIL_PROOF: "/email/confirm",
    Letter.PASSWORD_RESET: "/password/reset",
    Letter.PASSWORD_MISSING: "/password/reset",
    Letter.PASSWORD_VOIDED: "/password/reset",
    Letter.EMAIL_CHANGE_CONFIRM: "/email/change/confirm",
    Letter.EMAIL_CHANGED_NOTICE: "/email/change/undo",
    Letter.ACCOUNT_CLOSED: "/account/reopen",
    Letter.ACCOUNT_REOPEN: "/account/reopen",
    **dict.fromkeys(sorted(ALARMS), "/account/secure"),
}
VERIFY_PAGE = "/message"


def link(public_url: str, letter: Letter, secrets: Mapping[str, str]) -> str | None:
    """Return the letter's link under the configured address, never under one that a request named (CVE-2025-25198).

    An alarm that waits since before alarms had links goes out without one.
    """
    if letter not in PAGES or (letter in ALARMS and TOKEN not in secrets):
        return None
    return f"{public_url}{PAGES[letter]}#token={quote(secrets[TOKEN], safe='')}"


def verify_site(public_url: str) -> str:
    """Return the page on which the reader types a message id, as text to type and not as a link to press.

    A forged message would link to a page of its own that says "genuine".
    """
    return f"{public_url.partition('://')[2]}{VERIFY_PAGE}"
