"""The rule on personal words, over a sample of the lists that `make password-rule` measures whole."""

import pytest

from bench.password_rule.lists import passphrases, people
from bench.password_rule.measure import Counts, measured
from bench.password_rule.report import FALSE_GOAL, TRUE_GOAL, report

EVERY = 25  # person of the lists is in the sample


@pytest.fixture(scope="module")
def sample() -> Counts:
    return measured(people()[::EVERY], passphrases())


def test_lists_hold_a_thousand_names_and_hundreds_of_passphrases() -> None:
    assert len({name for person in people() for name in (person.given, person.family)}) >= 1000
    assert len(passphrases()) >= 500
    assert passphrases() == passphrases(), "the same at every call"


def test_honest_passphrases_are_refused_below_the_goal(sample: Counts) -> None:
    assert sample.honest_with_word.total() > 50, "the sample has passphrases with names in them"
    assert sample.false_refusals < FALSE_GOAL


def test_guessable_passwords_are_refused_above_the_goal(sample: Counts) -> None:
    assert sample.true_refusals >= TRUE_GOAL


def test_report_states_both_rates(sample: Counts) -> None:
    text = report(sample, 1000, 500, 500)
    assert f"{sample.guessable_refused.total():,} | {sample.true_refusals:.2f} %" in text
    assert f"{sample.honest_refused.total():,} | {sample.false_refusals:.3f} %" in text
