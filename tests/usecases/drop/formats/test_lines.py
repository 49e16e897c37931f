import pytest
from hypothesis import given
from hypothesis import strategies as st

from usecases.drop.formats.record_splitting import (
    LARGEST_PART,
    LONGEST,
    TOO_LONG,
    bare_lines,
    lines,
    next_part,
    quoted_records,
)

TEXT = st.text(alphabet='ab;"\r\n\u2028\x0b\x85', max_size=60)


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@given(TEXT, st.integers(1, 7))
def test_pieces_may_be_cut_anywhere(text: str, size: int) -> None:
    assert "".join(lines(cut(text, size))) == text
    assert list(lines(cut(text, size))) == list(lines([text]))
    assert list(quoted_records(cut(text, size))) == list(quoted_records([text]))


def test_only_real_line_ends_end_a_line() -> None:
    assert list(bare_lines(["a\r\nb\rc\nd\u2028e\x0bf\x85g\n\n"])) == ["a", "b", "c", "d\u2028e\x0bf\x85g"]


def test_a_quoted_record_holds_its_line_ends() -> None:
    assert list(quoted_records(['a;"b\r\nc""";d\r\ne\r\n'])) == ['a;"b\r\nc""";d', "e"]


def test_endless_record_is_skipped_in_bounded_memory() -> None:
    assert list(lines(["x" * LONGEST, "x\nshort\n"])) == [TOO_LONG, "short\n"]
    endless = ['"', *["y\n" * 1000] * 1000]
    assert max(map(len, quoted_records(endless))) <= LONGEST


@pytest.mark.parametrize(("length", "count"), [(10, 5000), (LONGEST, LARGEST_PART // LONGEST)])
def test_part_of_long_records_holds_few_of_them(length: int, count: int) -> None:
    records = iter(["x" * length] * 12_000)
    assert [len(next_part(records, 5000)) for _ in range(2)] == [count, count]
    assert sum(map(len, iter(lambda: next_part(records, 5000), []))) == 12_000 - 2 * count
