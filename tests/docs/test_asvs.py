"""docs/asvs.csv lists each requirement of level 1 and 2 once, with an existing test if it applies."""

import ast
import re
from collections import Counter
from functools import cache

from tests.docs.asvs import NOT_SHOWN, PROJECT, requirements

# Number of requirements of level 1 and 2 in chapters V1 to V17 of ASVS 5.0.0: 70 and 183 in total.
IN_CHAPTER = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
OF_LEVEL = {"1": 70, "2": 183}


@cache
def named_tests(path: str) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name for node in functions if node.name.startswith("test_")}


def test_requirements_are_complete_and_in_the_standards_order() -> None:
    numbers = [requirement.number for requirement in requirements()]
    assert numbers == sorted(set(numbers))
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", requirement.id) for requirement in requirements())
    assert [sum(number[0] == chapter for number in numbers) for chapter in range(1, 18)] == IN_CHAPTER
    assert Counter(requirement.level for requirement in requirements()) == OF_LEVEL


def test_each_row_says_whether_it_applies_and_how_or_why_not() -> None:
    for row in requirements():
        assert row.applies in {"yes", "no"}, row.id
        assert all((row.requirement.strip(), row.how.strip())), row.id


def test_each_test_that_is_named_exists() -> None:
    for row in requirements():
        for test in row.tests:
            path, _, name = test.partition("::")
            assert name in named_tests(path), f"{row.id}: {test}"


def test_applicable_requirement_has_a_test_or_a_stated_gap() -> None:
    for row in requirements():
        shown, owed = bool(row.tests), row.how.startswith(NOT_SHOWN)
        assert shown + owed == (row.applies == "yes"), row.id
