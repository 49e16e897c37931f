"""Masking of addresses and typed text for messages and answers."""

import re
import unicodedata

from models.values.text import is_forbidden

LONGEST = 64  # characters of typed text that a message repeats

# Text that mail programs turn into links: a scheme, www., a path, an address, or a word with a dot before characters.
_LINK_LIKE = re.compile(r"\S*(?://|\\|@|www\.|\w\.[^\W\d_]{2,})\S*", re.IGNORECASE)


def masked(email: str) -> str:
    """Return an address that only its owner recognises: its first character and its domain."""
    local_part, _, domain = email.rpartition("@")
    return f"{local_part[:1]}…@{domain}"


def plain(text: str) -> str:
    """Return typed text on one line, cut to 64 characters, without text that mail programs turn into links.

    Anybody may sign up with another person's address, and the name that they type stands in our message. Sources:
    Semgrep on HTML injection in mail; ASVS 5.0, 1.2.1.
    """
    # The time of the pattern grows with the square of the length.
    visible = "".join(" " if is_forbidden(character) else character for character in text[: LONGEST * 16])
    one_line = " ".join(unicodedata.normalize("NFKC", visible).split())
    return " ".join(_LINK_LIKE.sub("…", one_line).split())[:LONGEST].strip()
