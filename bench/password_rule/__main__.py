"""Measures on all processors and writes docs/password-rule.md; fails when a goal is missed."""

import sys
from multiprocessing import Pool
from pathlib import Path

from bench.password_rule.lists import Person, passphrases, people
from bench.password_rule.measure import Counts, measured
from bench.password_rule.report import FALSE_GOAL, TRUE_GOAL, report

REPORT = Path(__file__).parents[2] / "docs" / "password-rule.md"
SHARE = 20  # people for one task of a process


def main() -> int:
    """Measure, write the report, and return the exit code."""
    everybody, phrases = people(), passphrases()
    names = {name for person in everybody for name in (person.given, person.family)}
    counts = Counts()
    with Pool() as pool:
        for part in pool.imap(_part, [everybody[start : start + SHARE] for start in range(0, len(everybody), SHARE)]):
            counts.add(part)
    REPORT.write_text(report(counts, len(names), len(everybody), len(phrases)), encoding="utf-8")
    print(f"false refusals {counts.false_refusals:.3f} %, true refusals {counts.true_refusals:.2f} %")
    return 0 if counts.false_refusals < FALSE_GOAL and counts.true_refusals >= TRUE_GOAL else 1


def _part(part: list[Person]) -> Counts:
    return measured(part, passphrases())


if __name__ == "__main__":
    sys.exit(main())
