"""Numbers, periods and words in docs/asvs.md equal those in the code."""

import re
from datetime import timedelta
from math import log10
from pathlib import Path

import pytest

from auth.passwords.hashing import HASHER, QUEUE
from auth.passwords.personal_words import PRODUCT_NAMES, SHORTEST_WORD
from auth.passwords.rules import SHORTEST
from auth.passwords.strength import FEWEST_GUESSES, FEWEST_GUESSES_OF_REST
from models.session import IDLE_TIMEOUT, REAUTH_VALIDITY
from server.config.settings import SocketLimits
from tests.docs.asvs import requirements
from usecases.account import closing, stale_sign_ups
from usecases.drop.formats.record_splitting import LONGEST
from usecases.session import session, session_refresh

TEXT = (Path(__file__).parents[2] / "docs" / "asvs.md").read_text("utf-8")
IN_ONE_LINE = " ".join(TEXT.split())

PERIODS = {
    "an unused browser session ends": IDLE_TIMEOUT,
    "every session ends, used or not": session.SESSION_LIFETIME,
    "an access token expires": session.ACCESS_TOKEN_LIFETIME,
    "a sensitive action asks for the password again": REAUTH_VALIDITY,
    "a repeated refresh token counts as a theft": session_refresh.GRACE,
}
SENTENCES = [
    f"A password has at least {SHORTEST} characters and takes at least 10^{log10(FEWEST_GUESSES):.0f} guesses. "
    + "The words of its owner's data are then left out of it. These are `{}`, `{}`, `{}`".format(*PRODUCT_NAMES)
    + " and every word of four characters or more of their address",
    f"What is left takes at least 10^{log10(FEWEST_GUESSES_OF_REST):.0f}",
    f"argon2id, {HASHER.memory_cost} KiB, {HASHER.time_cost} passes, {HASHER.parallelism} lane",
    f"a record may have {LONGEST:,} characters",
    f"erased {closing.GRACE.days} days after an account is closed",
    f"An unconfirmed sign-up is erased {stale_sign_ups.KEPT_FOR.days} days after its last link has expired",
    f"It may have {SocketLimits().per_account} open sockets",
    f"threads behind a queue of {QUEUE}, then 503",
]


def spoken(period: timedelta) -> str:
    """Return a period in the form of the table."""
    if period.days:
        return f"{period.days} days"
    seconds = int(period.total_seconds())
    return f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"


@pytest.mark.parametrize("what", PERIODS)
def test_periods_in_the_page_equal_the_code(what: str) -> None:
    assert f"| {what} | {spoken(PERIODS[what])} |" in TEXT


@pytest.mark.parametrize("sentence", SENTENCES)
def test_numbers_and_words_in_the_page_equal_the_code(sentence: str) -> None:
    assert SHORTEST_WORD == 4, "and the text says four"
    assert sentence in IN_ONE_LINE


def test_required_documentation_has_its_section() -> None:
    own = "tests/docs/test_written_down.py::test_required_documentation_has_its_section"
    wanted = {requirement.id for requirement in requirements() if own in requirement.tests}
    assert wanted
    assert wanted == set(re.findall(r"V\d+\.\d+\.\d+", "".join(re.findall(r"^## .*$", TEXT, re.MULTILINE))))
