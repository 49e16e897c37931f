"""Rules on the account at a row's address: an equal address makes a candidate, never a link."""

from collections.abc import Iterator
from itertools import combinations

from models.legacy_code import LegacyCodeKind
from models.values.person_name import could_be_same_person, same_person_name
from models.values.sort_key import finnish_sort_key
from usecases.drop.base.flags import Flag
from usecases.drop.decide.consumer_rules import imported_consumer
from usecases.drop.decide.existing_accounts import active_account, unproven_account_flags
from usecases.drop.decide.facts import Facts, Row
from usecases.drop.formats.layouts import LAYOUTS

NAMES_COMPARED = 8  # an address under more names than this is certainly shared


def account_flags(row: Row, facts: Facts) -> Iterator[str]:
    """Yield the flags against linking a person's code to the account of its address."""
    if row["email_key"] is None or row["kind"] != LegacyCodeKind.PERSON or row["name"] is None:
        return
    if _is_shared_by_persons(facts.names.get(row["email_key"], [])):
        yield Flag.EMAIL_SHARED_BY_PERSONS
    yield from _existing_account_flags(row, facts)
    yield from _name_flags(row, facts)


def owner_of(row: Row, facts: Facts) -> Row | None:
    """Return the row of the proven owner of the address: of an active account, else of a verified consumer.

    A consumer under review has no account yet, so no other code can be linked to one.
    """
    return active_account(row, facts) or imported_consumer(row["email_key"], facts)


def _existing_account_flags(row: Row, facts: Facts) -> Iterator[str]:
    yield from unproven_account_flags(row, facts)
    owner = owner_of(row, facts)
    if owner is None:
        yield from _doubted_consumer_flags(row, facts)
        return
    if not _may_be_named(row["name"], owner_name(owner)):
        yield Flag.EMAIL_TAKEN_OTHER_NAME


def _doubted_consumer_flags(row: Row, facts: Facts) -> Iterator[str]:
    consumers = facts.consumers.get(row["email_key"])
    if consumers:
        is_verified = any(consumer["email_verified"] for consumer in consumers)
        yield Flag.CONSUMER_IN_REVIEW if is_verified else Flag.CONSUMER_UNVERIFIED


def _name_flags(row: Row, facts: Facts) -> Iterator[str]:
    owner = owner_of(row, facts) or facts.leaders.get(row["email_key"])
    if owner is not None and not LAYOUTS[row["format"]].name_order_declared and _is_reordered(row["name"], owner):
        yield Flag.NAME_ORDER
    for namesake in facts.namesakes.get((row["business_id"], row["name_initials"]), ()):
        is_other_address = namesake["email_key"] != row["email_key"]
        has_account = imported_consumer(namesake["email_key"], facts) is not None
        if is_other_address and has_account and _may_be_named(row["name"], namesake["name"]):
            yield f"{Flag.POSSIBLE_SAME_PERSON}:{namesake['code_key']}"


def owner_name(owner: Row) -> str:
    """Return the name of an account's owner, from their row or their account."""
    name: str = owner.get("display_name") or owner["name"]
    return name


def _is_shared_by_persons(names: list[str]) -> bool:
    if len(names) >= NAMES_COMPARED:
        return True
    return any(not _may_be_named(one, other) for one, other in combinations(names, 2))


def _may_be_named(one: str, other: str) -> bool:
    return same_person_name(one, other) or could_be_same_person(one, other)


def _is_reordered(name: str, owner: Row) -> bool:
    other = owner_name(owner)
    return same_person_name(name, other) and finnish_sort_key(name) != finnish_sort_key(other)
