"""The application's clock decides all expiries, because two clocks would disagree."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Double, bindparam, func

# The time in statements. Its parameter is `seconds()`, because asyncpg takes a microsecond to send a datetime.
NOW = func.to_timestamp(bindparam("now", type_=Double()), type_=DateTime(timezone=True))


def now() -> datetime:
    """Return the time in UTC; every expiry is stored and compared by this clock."""
    return datetime.now(UTC)


def seconds() -> float:
    """Return the time in seconds since 1970, for the parameter of NOW."""
    return now().timestamp()
