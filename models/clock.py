"""The one clock that decides what has expired: the application's, so that no two clocks ever disagree."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC; whatever expires is stored with, and compared against, this."""
    return datetime.now(UTC)
