"""Writes the report of the measurement."""

from collections.abc import Iterator
from math import log10

from auth.passwords.rules import SHORTEST
from auth.passwords.strength import FEWEST_GUESSES_OF_REST
from bench.password_rule.measure import LENGTHS, Counts

FALSE_GOAL, TRUE_GOAL = 0.5, 99.0  # percent
EXAMPLES = 8


def report(counts: Counts, names: int, people: int, phrases: int) -> str:
    """Return docs/password-rule.md."""
    lines = [*_introduction(names, people, phrases), *_honest(counts), *_guessable(counts)]
    return "\n".join([*lines, ""])


def _introduction(names: int, people: int, phrases: int) -> Iterator[str]:
    fewest = f"10^{log10(FEWEST_GUESSES_OF_REST):.0f}"
    yield f"""# The password rule on personal words

Words of a person's address, names and organizations, and our own name, are taken out of a new password, disguised,
reversed and inflected ones too. The password is refused when fewer than {fewest} guesses find the rest.
`make password-rule` measures what that refuses and writes this page.

The names are {names:,} Finnish and Finland-Swedish ones of {people:,} people. Each person has the address
`given.family@posti.example` and the firm *Kuljetus Family Oy*. The honest passwords are {phrases:,} passphrases in
Finnish, Swedish and English; the others are what somebody who knows the person tries first. The lists
are in `bench/password_rule/`."""


def _honest(counts: Counts) -> Iterator[str]:
    yield f"""
## Honest passphrases that are refused

Goal: under {FALSE_GOAL} %. A rule against every word of the person's own would refuse all of the third column.

| length | pairs of person and passphrase | with a word of theirs | refused | |
|---|---|---|---|---|"""
    for length in LENGTHS:
        yield _row(length, counts.honest[length], counts.honest_with_word[length], counts.honest_refused[length])
    yield _row("all", counts.honest.total(), counts.honest_with_word.total(), counts.honest_refused.total())
    yield "\nSome of those refused:\n"
    step = max(1, len(counts.examples) // EXAMPLES)
    yield from (f"- {name}: {phrase}" for name, phrase in counts.examples[::step][:EXAMPLES])


def _guessable(counts: Counts) -> Iterator[str]:
    yield f"""
## Guessable passwords that are refused

Goal: {TRUE_GOAL:.0f} % or more. One of fewer than {SHORTEST} characters is refused for that and not counted.

| as | tried | refused | |
|---|---|---|---|"""
    for pattern, tried in counts.guessable.items():
        refused = counts.guessable_refused[pattern]
        yield f"| `{pattern}` | {tried:,} | {refused:,} | {100 * refused / tried:.1f} % |"
    refused = counts.guessable_refused.total()
    yield f"| all | {counts.guessable.total():,} | {refused:,} | {counts.true_refusals:.2f} % |"


def _row(length: str, tried: int, with_word: int, refused: int) -> str:
    return f"| {length} | {tried:,} | {with_word:,} | {refused:,} | {100 * refused / tried:.3f} % |"
