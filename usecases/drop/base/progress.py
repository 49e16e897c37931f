"""Progress of an import, for display."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Step(StrEnum):
    """The steps of an import, in their order."""

    VERIFY = "Verifying files"
    COMPANIES = "Reading the company register"
    STAGE = "Reading rows"
    SUPERSEDE = "Comparing with earlier drops"
    DECIDE = "Deciding"
    WRAP = "Wrapping old password hashes"


# Arguments: the step, the number done, the total.
Progress: TypeAlias = Callable[[Step, int, int], None]


def silent(_step: Step, _done: int, _total: int) -> None:
    """Ignore progress."""
