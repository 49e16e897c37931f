"""What a new password must be, by whatever way it is set: one function for all of them (bug log, B49).

Rules: after NIST SP 800-63B-4, 3.1.1.2: length and guessability count, composition does not.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from auth.breached_passwords import is_breached
from auth.legacy_proofs import LegacyProof
from auth.old_passwords import OldPasswords
from auth.password_strength import strength_of
from auth.passwords import HASHER, PasswordWork, normalized
from models.values.role_words import without_marks

SHORTEST = 15  # code points in NFC, because the password is the only factor
SHORTEST_WORD = 4  # letters; shorter names are in so many words that nothing would be left
PRODUCT_WORDS = ("omaposti", "posti", "posten")

_BREAKS = re.compile(r"[\W_]+")


class PasswordFault(StrEnum):
    """Why a password is refused; each has a text of the same name."""

    TOO_SHORT = "PASSWORD_TOO_SHORT"
    TOO_LONG = "PASSWORD_TOO_LONG"
    COMMON = "PASSWORD_COMMON"
    BREACHED = "PASSWORD_BREACHED"
    PERSONAL = "PASSWORD_PERSONAL"
    OF_OLD_CODE = "PASSWORD_OF_OLD_CODE"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What somebody who knows the person would try first: her own words, and the passwords of her old codes."""

    words: frozenset[str] = frozenset()
    old_codes: tuple[LegacyProof, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that somebody wishes to have, judged before any transaction: its hash, or what is wrong with it."""

    hash: str
    fault: PasswordFault | None = None


async def judged(work: PasswordWork, old_passwords: OldPasswords, password: str, about: Surroundings) -> NewPassword:
    """Judge a password and hash it if nothing is wrong with it; raises PasswordWorkBusyError."""
    new = await work.run(lambda: _judge(password, about.words))
    if new.fault is None and await old_passwords.include(password, about.old_codes):
        return NewPassword("", PasswordFault.OF_OLD_CODE)
    return new


def _judge(password: str, words: frozenset[str]) -> NewPassword:
    fault = fault_of(password, words)
    return NewPassword("", fault) if fault else NewPassword(HASHER.hash(normalized(password) or ""))


def fault_of(password: str, words: frozenset[str]) -> PasswordFault | None:
    """Return the first rule that a password breaks by itself, the cheapest first; call it beside the event loop."""
    composed = normalized(password)
    if composed is None:
        return PasswordFault.TOO_LONG if password else PasswordFault.TOO_SHORT
    if len(composed) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if _is_personal(composed, words):
        return PasswordFault.PERSONAL
    if is_breached(composed):
        return PasswordFault.BREACHED
    return PasswordFault.COMMON if strength_of(composed, words).is_guessable else None


def own_words(email_key: str, names: Iterable[str | None]) -> frozenset[str]:
    """Return what is the person's own in an address and in names of people and organizations, folded."""
    local_part = email_key.rpartition("@")[0]
    texts = [local_part, *(name for name in names if name)]
    folded = [without_marks(text) for text in texts]
    whole = {_BREAKS.sub("", text) for text in folded}
    return frozenset(word for word in whole.union(*map(_BREAKS.split, folded)) if len(word) >= SHORTEST_WORD)


def _is_personal(password: str, words: frozenset[str]) -> bool:
    folded = without_marks(password)
    joined = _BREAKS.sub("", folded)
    return any(word in folded or word in joined for word in (*PRODUCT_WORDS, *words))
