"""Records as columns: a statement takes a batch as arrays, one for each column, and joins them by unnest()."""

from collections.abc import Iterable
from typing import Any


def columns(records: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Return the columns of records of one length; none if there are no records."""
    return [list(column) for column in zip(*records, strict=True)]
