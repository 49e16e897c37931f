"""Accounts at the addresses of rows that people have acted on; pending accounts of imports do not count."""

from collections.abc import Iterator

from models.account import AccountStatus
from usecases.drop.base.flags import Flag
from usecases.drop.decide.facts import Facts, Row

_CLOSED = {AccountStatus.SUSPENDED, AccountStatus.CLOSED}


def active_account(row: Row, facts: Facts) -> Row | None:
    """Return the active account at the row's address, if there is one."""
    account = facts.accounts.get(row["email_key"])
    return account if account is not None and account["status"] == AccountStatus.ACTIVE else None


def unproven_account_flags(row: Row, facts: Facts) -> Iterator[str]:
    """Yield the flag of an account that no row may be linked to: closed, suspended, or with an unconfirmed address."""
    account = facts.accounts.get(row["email_key"])
    if account is None:
        return
    if account["status"] in _CLOSED:
        yield Flag.ACCOUNT_CLOSED
    if account["status"] == AccountStatus.UNVERIFIED:
        yield Flag.CONSUMER_UNVERIFIED
