"""Strength estimates of passwords, and hints for stronger ones: zxcvbn (Wheeler, USENIX Security 2016)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

FEWEST_GUESSES = 1e9
# Minimum for a password without its owner's words. It is higher because zxcvbn takes nine characters of a Finnish word
# for random ones. A word added to one's own name is also among the first guesses.
FEWEST_GUESSES_OF_REST = 1e11
MOST_OF_GUESSABLE = 2  # score
ESTIMATED = 24  # code points from the beginning; the work grows fast with the length, and these decide

# Common first words of Finnish passwords, which zxcvbn's English lists lack.
_LOCAL = """
salasana salasanani tunnus kayttajatunnus kirjaudu perkele kissa koira kulta rakas minarakastansinua suomi helsinki
tampere turku jokerit ifk hifk karpat tappara ilves kesa talvi syksy kevat joulu paska vittu testi moikka terve
losenord lösenord alskling älskling sommar vinter hosten fotboll sverige finland stockholm hejsan jagalskardig
omaposti posti posten paketti kirje postinumero
"""
_LOCAL_WORDS = _LOCAL.split()


class PasswordHint(StrEnum):
    """Reasons why a password is easy to guess, and advice for a stronger one."""

    ADD_WORDS = "ADD_WORDS"
    AVOID_COMMON_PASSWORDS = "AVOID_COMMON_PASSWORDS"
    AVOID_DATES = "AVOID_DATES"
    AVOID_KEYBOARD_PATTERNS = "AVOID_KEYBOARD_PATTERNS"
    AVOID_NAMES = "AVOID_NAMES"
    AVOID_REPEATS = "AVOID_REPEATS"
    AVOID_SEQUENCES = "AVOID_SEQUENCES"
    CAPITALS_HELP_LITTLE = "CAPITALS_HELP_LITTLE"
    REVERSING_HELPS_LITTLE = "REVERSING_HELPS_LITTLE"
    SUBSTITUTIONS_HELP_LITTLE = "SUBSTITUTIONS_HELP_LITTLE"


_HINTS = {
    "Keys": PasswordHint.AVOID_KEYBOARD_PATTERNS,
    "Keyboard": PasswordHint.AVOID_KEYBOARD_PATTERNS,
    "Repeat": PasswordHint.AVOID_REPEATS,
    "Top10": PasswordHint.AVOID_COMMON_PASSWORDS,
    "Common": PasswordHint.AVOID_COMMON_PASSWORDS,
    "Sequences": PasswordHint.AVOID_SEQUENCES,
    "Years": PasswordHint.AVOID_DATES,
    "Dates": PasswordHint.AVOID_DATES,
    "Names": PasswordHint.AVOID_NAMES,
    "Word": PasswordHint.ADD_WORDS,
    "Capitalization": PasswordHint.CAPITALS_HELP_LITTLE,
    "Uppercase": PasswordHint.CAPITALS_HELP_LITTLE,
    "Reversed": PasswordHint.REVERSING_HELPS_LITTLE,
    "Substitutions": PasswordHint.SUBSTITUTIONS_HELP_LITTLE,
}


@dataclass(frozen=True, slots=True)
class Strength:
    """An estimate: `score` runs from 0 (guessed at once) to 4 (out of reach)."""

    score: int
    is_guessable: bool
    hints: tuple[PasswordHint, ...]


def strength_of(password: str, fewest: float = FEWEST_GUESSES) -> Strength:
    """Estimate the beginning of a password; it is guessable below `fewest` guesses.

    Takes up to 0.1 s of a processor for hostile input: call it outside the event loop.
    """
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415 - many servers never set a password, and its words take 1.5 MB

    estimate = zxcvbn(password[:ESTIMATED], _LOCAL_WORDS)
    is_guessable = estimate.guesses < fewest
    told = estimate.feedback
    hints = _hints([told.warning, *told.suggestions]) if told is not None else set()
    if is_guessable:
        hints.add(PasswordHint.ADD_WORDS)
    score = min(int(estimate.score), MOST_OF_GUESSABLE) if is_guessable else int(estimate.score)
    return Strength(score, is_guessable, tuple(sorted(hints)))


def _hints(advices: Iterable[object]) -> set[PasswordHint]:
    """Return our hints for zxcvbn's advice, whose names are sentences: `SequencesLikeAbcAreEasyToGuess`."""
    sentences = [repr(advice).partition(".")[2] for advice in advices if advice is not None]
    return {hint for sentence in sentences for word, hint in _HINTS.items() if word in sentence}
