"""The writing check finds each kind of fault and leaves plain English alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import writing

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
AT_LIMIT = f"{LONG} eighteen nineteen twenty 21 22 23 24 25."  # 25 words
TOO_LONG = f"{LONG} eighteen nineteen twenty 21 22 23 24 25 26."
PLAIN = [
    '"""Words that must not appear in a password."""',
    '"""Return the row, or None if its owner is closed. Otherwise whether it locks is up to the caller."""',
    f'"""{AT_LIMIT}"""',
    f'"""{LONG}\n\n{LONG}"""',
    f'"""Steps:\n\n- {LONG}\n- {LONG}\n"""',
    f'"""Example:\n\n    {TOO_LONG}\n\nEnd."""',
    f'"""{LONG} `a b c d e f g h i` https://example.org/a b."""',
    f"def f():\n    # {LONG}.\n    # {LONG}.\n    pass",
    'X = "What she wrote"  # seconds',
    "X = 1  # noqa: S105 - the name of a transport, not a secret",
    '"""Greek and Latin letters that look alike."""',
    '"""Raises GraphQLError THROTTLED; `anew` is its argument."""',
    'x = field(description="Direction of the list.")',
    "def test_closed_account_without_link_does_not_reopen(): ...",
    "def test_b84_revoked_staff_role_loses_access_on_next_request(): ...",
    "def test_typed_name_adds_no_header_and_no_recipient(): ...",
]
FAULTY = [
    ('"""What a guesser would try first."""', "1: opening: What a guesser would try first. …"),
    ('"""From bytes to text."""', "1: opening: From bytes to text. …"),
    ('class A:\n    """Whose list it is."""', "2: opening: Whose list it is. …"),
    ("X = 1  # how often argon2 ran", "1: opening: how often argon2 ran …"),
    ("X = 1  # noqa: S105 - whose name it is", "1: opening: whose name it is …"),
    ('x = field(description="Which way a list runs.")', "1: opening: Which way a list runs. …"),
    ('"""Rows.\n\nA person and her rows."""', "3: word: “her” in: … Rows. A person and her rows. …"),
    ("# A row\n# is read anew.", "2: word: “anew” in: … A row is read anew. …"),
    ('"""Sends a letter."""', "1: word: “letter” in: … Sends a letter. …"),
    ('"""Record a deed."""', "1: word: “deed” in: … Record a deed. …"),
    (
        f'"""Short. {TOO_LONG}"""',
        "1: sentence: 26 words: one two three four five six seven eight nine ten eleven twelve …",
    ),
    (
        f"X = 1\n# {LONG}\n# {LONG}",
        "2: sentence: 34 words: one two three four five six seven eight nine ten eleven twelve …",
    ),
    ("def test_what_ends_is_kept(): ...", "1: test name: opening: test_what_ends_is_kept"),
    ("def test_nobody_is_fresh(): ...", "1: test name: opening: test_nobody_is_fresh"),
    ("async def test_a_deed_is_kept(): ...", "1: test name: “deed”: test_a_deed_is_kept"),
    (f"def test_{'a' * 66}(): ...", f"1: test name: 71 characters: test_{'a' * 66}"),
    (
        "def test_row_not_asked_for_is_not_loaded(): ...",
        "1: test name: double negative: test_row_not_asked_for_is_not_loaded",
    ),
    (
        "def test_no_module_runs_without_reason(): ...",
        "1: test name: double negative: test_no_module_runs_without_reason",
    ),
]


@pytest.mark.parametrize("source", PLAIN)
def test_plain_english_has_no_fault(source: str) -> None:
    assert found(".py", source) == []


@pytest.mark.parametrize(("source", "fault"), FAULTY)
def test_faulty_text_is_reported_with_line_and_rule(source: str, fault: str) -> None:
    assert found(".py", source) == [fault]


def test_graphql_comments_and_descriptions_are_read() -> None:
    source = '# How to ask.\n"""\nWhat a list holds.\n"""\ntype A { a: Int @b(c: "her") }'
    assert found(".graphql", source) == ["1: opening: How to ask. …", "2: opening: What a list holds. …"]


def test_fluent_texts_may_open_freely_but_say_they() -> None:
    source = "# Texts of a deed.\nkey = What the person's link does\nother = Ask her once."
    assert found(".ftl", source) == [
        "1: word: “deed” in: … Texts of a deed. …",
        "3: word: “her” in: … erson's link does other = Ask her once. …",
    ]


def test_command_prints_faults_of_a_folder_and_exits_1(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "fi").mkdir()
    (tmp_path / "node_modules").mkdir()
    for name in ("en/a.ftl", "fi/a.ftl", "node_modules/a.py", "a.py", "a.txt"):
        (tmp_path / name).write_text("# Read anew.\n")
    ended = checked(tmp_path)
    assert (ended.stdout, ended.returncode) == (
        "a.py:1: word: “anew” in: … Read anew. …\nen/a.ftl:1: word: “anew” in: … Read anew. …\n",
        1,
    )


def test_command_exits_0_without_faults(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# Read again.\n")
    assert (checked(tmp_path).stdout, checked(tmp_path).returncode) == ("", 0)


def test_missing_path_is_reported(tmp_path: Path) -> None:
    ended = checked(tmp_path, "nowhere.py")
    assert ended.returncode == 1
    assert "nowhere.py does not exist; give files or folders" in ended.stderr


def found(suffix: str, source: str) -> list[str]:
    """Return the faults of a source as `main` prints them, without the file."""
    return [f"{fault.line}: {fault.rule}: {fault.text}" for fault in sorted(writing.READERS[suffix](source))]


def checked(folder: Path, path: str = ".") -> subprocess.CompletedProcess[str]:
    """Run the command from a folder, on that folder by default."""
    command = [sys.executable, str(writing.__file__), path]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
