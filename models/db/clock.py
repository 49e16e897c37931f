"""The one clock that decides what has expired: the application's, so that no two clocks ever disagree."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Double, bindparam, func

# What a read compares with. Its parameter is `seconds()`: a datetime would take asyncpg a microsecond to send.
NOW = func.to_timestamp(bindparam("now", type_=Double()), type_=DateTime(timezone=True))


def now() -> datetime:
    """Return the time in UTC; whatever expires is stored with, and compared against, this."""
    return datetime.now(UTC)


def seconds() -> float:
    """Return the same time in seconds since 1970, for the parameter of NOW."""
    return now().timestamp()
