"""Times of old services become instants, and their "never" values become None."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.moment import WrittenMoment, parse_moment
from models.values.refusal import InvalidValue


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("3.2.2020 8:05", datetime(2020, 2, 3, 6, 5, tzinfo=UTC)),
        ("12.11.2019 14.30", datetime(2019, 11, 12, 12, 30, tzinfo=UTC)),
        ("15.7.2018 9:00:01", datetime(2018, 7, 15, 6, 0, 1, tzinfo=UTC)),
        ("31.12.2019", datetime(2019, 12, 30, 22, 0, tzinfo=UTC)),
        ("20200203", datetime(2020, 2, 2, 22, 0, tzinfo=UTC)),
        ("29.2.2020", datetime(2020, 2, 28, 22, 0, tzinfo=UTC)),
        ("2020-02-03T06:05:00Z", datetime(2020, 2, 3, 6, 5, tzinfo=UTC)),
        ("2020-02-01T00:00:00+02:00", datetime(2020, 1, 31, 22, 0, tzinfo=UTC)),
        ("2020-02-28T00:00:00", datetime(2020, 2, 27, 22, 0, tzinfo=UTC)),
        ("2020-02-28 10:00:00.123456 Z", datetime(2020, 2, 28, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2001-04-01", datetime(2001, 3, 31, 21, 0, tzinfo=UTC)),
    ],
)
def test_a_written_time_is_an_instant(written: str, instant: datetime) -> None:
    assert parse_moment(written) == WrittenMoment(instant)


def test_time_that_clocks_skipped_uses_the_offset_before() -> None:
    assert parse_moment("31.3.2019 3:30").value == parse_moment("31.3.2019 4:30").value


def test_time_that_came_twice_is_the_earlier_one() -> None:
    assert parse_moment("27.10.2019 3:30").value == datetime(2019, 10, 27, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "1.1.1900",
        "01.01.1900 0:00",
        "1900-01-01",
        "00000000",
        "0000-00-00 00:00:00",
        "31.12.9999",
        "9999-12-31T23:59:59Z",
        "1.1.1970",
        "1970-01-01T00:00:00Z",
        "19000101",
    ],
)
def test_sentinel_date_is_none_and_marked(written: str) -> None:
    assert parse_moment(written) == WrittenMoment(None, sentinel=True)


@pytest.mark.parametrize("written", ["", "-", "ei ole"])
def test_empty_date_is_none(written: str) -> None:
    assert parse_moment(written) == WrittenMoment(None)


@pytest.mark.parametrize(
    "written",
    [
        "29.2.2019 10:00",
        "31.4.2019",
        "3.2.20",
        "3/2/2020",
        "2020-13-01",
        "3.2.2020 24:00",
        "3.2.2020 8:60",
        "eilen",
        "3.2.1066",
        "3.2.2999",
        "2020-01-01T00:00:00+99:00",
        "2020-W05-1",
        "43864",
        "٣.٢.٢٠٢٠",
    ],
)
def test_impossible_date_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_moment(written)
    assert refused.value.code == "DATE_INVALID"


@given(st.dates(date(1972, 1, 1), date(2099, 1, 1)), st.times())
def test_an_iso_time_in_utc_comes_back_as_itself(day: date, clock: time) -> None:
    moment = datetime.combine(day, clock, tzinfo=UTC)
    assert parse_moment(moment.isoformat()).value == moment


@given(st.text(alphabet="0123456789.:-TZ+ ", max_size=25))
def test_any_text_is_an_instant_none_or_refused(written: str) -> None:
    try:
        moment = parse_moment(written).value
    except InvalidValue:
        return
    assert moment is None or moment.tzinfo is UTC
