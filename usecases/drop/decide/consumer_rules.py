"""Rules against making a consumer's account: the address is another person's, or imitates one."""

from collections.abc import Iterator

from models.values.person_name import could_be_same_person, same_person_name
from usecases.drop.base.flags import Flag, is_review_reason
from usecases.drop.decide.existing_accounts import active_account, unproven_account_flags
from usecases.drop.decide.facts import Facts, Row


def consumer_flags(row: Row, facts: Facts) -> Iterator[str]:
    """Yield the flags from a comparison of a consumer with other consumers and our accounts."""
    for other in facts.consumers.get(row["email_skeleton"] or "", ()):
        if other["key"] != row["key"]:
            yield f"{Flag.EMAIL_CONFUSABLE_WITH}:{other['code_key']}"
    if row["email_key"] is None:
        return
    rivals = [other for other in facts.consumers[row["email_key"]] if other["key"] != row["key"]]
    if any(rival["email_verified"] or not row["email_verified"] for rival in rivals):
        yield Flag.EMAIL_SHARED_BY_PERSONS
    yield from unproven_account_flags(row, facts)
    account = active_account(row, facts)
    if account is not None and row["name"] is not None:
        names = (row["name"], account["display_name"])
        if not same_person_name(*names) and not could_be_same_person(*names):
            yield Flag.EMAIL_TAKEN_OTHER_NAME


def imported_consumer(email_key: str | None, facts: Facts) -> Row | None:
    """Return the verified consumer at an address whose row is imported and not under review.

    Only that consumer has an account, so a report may name only that code as the account at the address.
    """
    consumer = facts.verified_consumer(email_key)
    if consumer is None or any(map(is_review_reason, consumer_flags(consumer, facts))):
        return None
    return consumer
