"""Tries all passphrases and guessable passwords for each person, and counts refusals."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auth.passwords.personal_words import without_words
from auth.passwords.rules import fault_of
from bench.password_rule.guessable import guessable
from bench.password_rule.lists import Person

LENGTHS = {"15 to 19 characters": range(15, 20), "20 to 24": range(20, 25), "25 and more": range(25, 1000)}


@dataclass(slots=True)
class Counts:
    """Numbers of tried and refused passwords; `honest` by length, `guessable` by pattern."""

    honest: Counter[str] = field(default_factory=Counter)
    honest_with_word: Counter[str] = field(default_factory=Counter)
    honest_refused: Counter[str] = field(default_factory=Counter)
    guessable: Counter[str] = field(default_factory=Counter)
    guessable_refused: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        """Add the counts of another process."""
        self.honest += other.honest
        self.honest_with_word += other.honest_with_word
        self.honest_refused += other.honest_refused
        self.guessable += other.guessable
        self.guessable_refused += other.guessable_refused
        self.examples += other.examples

    @property
    def false_refusals(self) -> float:
        """Return the share of honest passphrases that were refused, in percent."""
        return 100 * self.honest_refused.total() / self.honest.total()

    @property
    def true_refusals(self) -> float:
        """Return the share of guessable passwords that were refused, in percent."""
        return 100 * self.guessable_refused.total() / self.guessable.total()


def measured(people: Iterable[Person], phrases: Sequence[str]) -> Counts:
    """Count for these people; a passphrase that is refused for everyone is not counted."""
    counts = Counts()
    honest = [phrase for phrase in phrases if fault_of(phrase, {}) is None]
    for person in people:
        words = person.words
        for phrase in honest:
            _count_honest(counts, person, phrase, has_word=bool(without_words(phrase, words)[1]))
        for pattern, password in guessable(person).items():
            counts.guessable[pattern] += 1
            counts.guessable_refused[pattern] += fault_of(password, words) is not None
    return counts


def _count_honest(counts: Counts, person: Person, phrase: str, *, has_word: bool) -> None:
    length = next(name for name, lengths in LENGTHS.items() if len(phrase) in lengths)
    counts.honest[length] += 1
    # Without a personal word in it, the phrase is judged as for anyone, and accepted.
    if has_word:
        counts.honest_with_word[length] += 1
        if fault_of(phrase, person.words) is not None:
            counts.honest_refused[length] += 1
            counts.examples.append((f"{person.given} {person.family}", phrase))
