"""The published scoreboard is up to date: it names existing tests, and the catalogue is complete."""

import re

from tests.scoreboard import PAGE, bug_log, collect


def test_scoreboard_names_the_tests_of_each_item() -> None:
    published = set(re.findall(r"\[(test_b\d\d\w*)\]", PAGE.read_text()))
    there = {test.rsplit("::", 1)[-1] for item in bug_log(collect()) for test in item.tests}
    assert published == there, "Run make scoreboard and commit docs/scoreboard.md."


def test_catalogue_has_every_number_once_with_its_status() -> None:
    items = bug_log([])
    assert [item.id for item in items] == [f"B{number:02}" for number in range(1, 85)]
    assert all(re.match(r"yes$|no: .|not yet: .", item.applies) for item in items)
