"""What of an address and of a typed text may stand in a message or an answer."""

import re
import unicodedata

from models.values.text import is_forbidden

LONGEST = 64  # characters of anything typed that a message repeats

# What a mail program makes a link of: a scheme, www., a path, an address, or a word with a dot before messages.
_LINK_LIKE = re.compile(r"\S*(?://|\\|@|www\.|\w\.[^\W\d_]{2,})\S*", re.IGNORECASE)


def masked(email: str) -> str:
    """Return an address by which only its owner knows it: the first letter and the domain."""
    local_part, _, domain = email.rpartition("@")
    return f"{local_part[:1]}…@{domain}"


def plain(text: str) -> str:
    """Return typed text on one line, cut to 64 characters, without anything that a mail program makes a link of.

    A name is typed by whoever signs up with somebody else's address, so it would carry her message in our message
    (Semgrep on HTML injection in mail; ASVS 5.0, 1.2.1).
    """
    # The time that the pattern takes grows with the square of the length.
    visible = "".join(" " if is_forbidden(character) else character for character in text[: LONGEST * 16])
    one_line = " ".join(unicodedata.normalize("NFKC", visible).split())
    return " ".join(_LINK_LIKE.sub("…", one_line).split())[:LONGEST].strip()
