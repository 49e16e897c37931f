"""Times written by old services, parsed to instants in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.values.placeholder import is_placeholder
from models.values.refusal import InvalidValue
from models.values.text import clean_line

MAX_LENGTH = 40
HELSINKI = ZoneInfo("Europe/Helsinki")

# No electronic service of ours is older. A year after these is a wrong century, or the "never" of some system.
EARLIEST_YEAR, LATEST_YEAR = 1971, 2100

_CLOCK = r"(?:[ T](?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?)?"
_FINNISH = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})" + _CLOCK)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})" + _CLOCK)
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_SENTINEL = re.compile(
    r"(?:0?1\.0?1\.(?:0001|1753|1899|1900|1970)|(?:0001|1753|1899|1900|1970)-?01-?01|30\.12\.1899|1899-12-30"
    r"|31\.12\.9999|9999-?12-?31|0?0\.0?0\.0000|0000-?00-?00)(?:[ T][0-9:.]*Z?)?"
)


@dataclass(frozen=True, slots=True)
class WrittenMoment:
    """An instant in UTC; None with `sentinel` if the old service wrote a value that means "never"."""

    value: datetime | None
    sentinel: bool = False


def parse_moment(text: str) -> WrittenMoment:
    """Return the instant of a Finnish, compact or ISO date, with or without a time; None for no date and for "never".

    Without a zone it is Europe/Helsinki time; a date alone is its first instant there. A time that the clocks skipped
    is read with the offset before (RFC 5545, 3.3.5). Of a time that came twice the earlier one counts. Raises
    `DATE_INVALID` and the codes of `clean`.
    """
    written = clean_line(text, MAX_LENGTH)
    if _SENTINEL.fullmatch(written):
        return WrittenMoment(None, sentinel=True)
    if is_placeholder(written):
        return WrittenMoment(None)
    try:
        return WrittenMoment(_instant(written))
    except ValueError as error:
        raise InvalidValue("DATE_INVALID", "Write a date that exists, for example 3.2.2020 8:05.") from error


def helsinki_time(moment: datetime) -> str:
    """Return an instant in Helsinki time for a terminal, to the minute and with its zone."""
    return f"{moment.astimezone(HELSINKI):%Y-%m-%d at %H:%M} Europe/Helsinki"


def _instant(written: str) -> datetime:
    moment = datetime.fromisoformat(written.replace(" Z", "Z")) if _ISO.fullmatch(written) else _local(written)
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError("outside the years in which a date can be meant")
    return (moment if moment.tzinfo else moment.replace(tzinfo=HELSINKI)).astimezone(UTC)


def _local(written: str) -> datetime:
    match = _FINNISH.fullmatch(written) or _COMPACT.fullmatch(written)
    if match is None:
        raise ValueError("not one of the shapes that old services write")
    year, month, day, hour, minute, second = (
        int(match[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=HELSINKI)
