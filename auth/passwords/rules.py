"""Rules of new passwords: one function for every way to set one (bug log, B49).

Source: NIST SP 800-63B-4, 3.1.1.2. Length and guessability count, composition does not.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from auth.passwords.breached import is_breached
from auth.passwords.hashing import HASHER, PasswordWork, normalized
from auth.passwords.old_passwords import OldPasswords
from auth.passwords.personal_words import PersonalWords, without_words
from auth.passwords.strength import FEWEST_GUESSES_OF_REST, Strength, strength_of
from auth.passwords.wrapped_hashes import WrappedHash

SHORTEST = 15  # code points in NFC, because the password is the only factor


class PasswordFault(StrEnum):
    """Reasons to refuse a password; each has a text of the same name."""

    TOO_SHORT = "PASSWORD_TOO_SHORT"
    TOO_LONG = "PASSWORD_TOO_LONG"
    COMMON = "PASSWORD_COMMON"
    BREACHED = "PASSWORD_BREACHED"
    PERSONAL = "PASSWORD_PERSONAL"
    OF_OLD_CODE = "PASSWORD_OF_OLD_CODE"


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a password breaks. `words` are the personal words that were found, as the person spells them."""

    rule: PasswordFault
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PasswordContext:
    """The first guesses of somebody who knows the person: personal words, and the passwords of old codes."""

    words: PersonalWords = field(default_factory=dict)
    old_codes: tuple[WrappedHash, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password after judgement, before any transaction: its hash, or the rule that it breaks."""

    hash: str
    fault: Fault | None = None


async def judged(work: PasswordWork, old_passwords: OldPasswords, password: str, about: PasswordContext) -> NewPassword:
    """Judge a password, and hash it if it breaks no rule; raises PasswordWorkBusyError."""
    new = await work.run(lambda: _judge(password, about.words))
    if new.fault is None and await old_passwords.include(password, about.old_codes):
        return NewPassword("", Fault(PasswordFault.OF_OLD_CODE))
    return new


def _judge(password: str, words: PersonalWords) -> NewPassword:
    fault = fault_of(password, words)
    return NewPassword("", fault) if fault else NewPassword(HASHER.hash(normalized(password) or ""))


def fault_of(password: str, words: PersonalWords) -> Fault | None:
    """Return the first rule that a password breaks by itself, cheapest rule first; call it outside the event loop."""
    composed = normalized(password)
    if composed is None:
        return Fault(PasswordFault.TOO_LONG if password else PasswordFault.TOO_SHORT)
    if len(composed) < SHORTEST:
        return Fault(PasswordFault.TOO_SHORT)
    rest, found = without_words(composed, words)
    if found and strength_of(rest, FEWEST_GUESSES_OF_REST).is_guessable:
        return Fault(PasswordFault.PERSONAL, found)
    if is_breached(composed):
        return Fault(PasswordFault.BREACHED)
    return Fault(PasswordFault.COMMON) if strength_of(composed).is_guessable else None


def worth_of(password: str, words: PersonalWords) -> Strength:
    """Return the strength of a password without its personal words."""
    rest, found = without_words(normalized(password) or "", words)
    return strength_of(rest, FEWEST_GUESSES_OF_REST) if found else strength_of(password)
