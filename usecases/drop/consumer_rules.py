"""What speaks against making a consumer's account: another's address, or one that only looks like it."""

from collections.abc import Iterator

from models.account import AccountStatus
from models.values.person_name import could_be_same_person, same_person_name
from usecases.drop.account_rules import unproven_account_flags
from usecases.drop.facts import Facts, Row
from usecases.drop.flags import Flag


def consumer_flags(row: Row, facts: Facts) -> Iterator[str]:
    """Yield what is noticed about a consumer beside other consumers and our accounts."""
    for other in facts.consumers.get(row["email_skeleton"] or "", ()):
        if other["key"] != row["key"]:
            yield f"{Flag.EMAIL_CONFUSABLE_WITH}:{other['code_key']}"
    if row["email_key"] is None:
        return
    rivals = [other for other in facts.consumers[row["email_key"]] if other["key"] != row["key"]]
    if any(rival["email_verified"] or not row["email_verified"] for rival in rivals):
        yield Flag.EMAIL_SHARED_BY_PERSONS
    yield from unproven_account_flags(row, facts)
    account = facts.accounts.get(row["email_key"])
    if account is not None and account["status"] == AccountStatus.ACTIVE and row["name"] is not None:
        names = (row["name"], account["display_name"])
        if not same_person_name(*names) and not could_be_same_person(*names):
            yield Flag.EMAIL_TAKEN_OTHER_NAME
