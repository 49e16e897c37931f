"""The published scoreboard is not stale: it names the tests that are there, and the catalogue is whole."""

import re

from tests.scoreboard import PAGE, bug_log, collect


def test_the_page_names_exactly_the_tests_that_replay_an_item() -> None:
    published = set(re.findall(r"\[(test_b\d\d\w*)\]", PAGE.read_text()))
    there = {test.rsplit("::", 1)[-1] for item in bug_log(collect()) for test in item.tests}
    assert published == there, "Run make scoreboard and commit docs/scoreboard.md."


def test_every_number_is_there_once_and_says_whether_it_applies() -> None:
    items = bug_log([])
    assert [item.id for item in items] == [f"B{number:02}" for number in range(1, 85)]
    assert all(re.match(r"yes$|no: .|not yet: .", item.applies) for item in items)
