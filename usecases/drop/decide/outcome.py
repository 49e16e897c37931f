"""Outcome of a row with its reasons: the first matching line of a table of outcomes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models.drop import Outcome
from models.legacy_code import LegacyCodeKind
from models.membership import Role
from usecases.drop.base.flags import Flag, is_review_reason, ordered
from usecases.drop.decide.account_rules import account_flags, owner_of
from usecases.drop.decide.consumer_rules import consumer_flags, imported_consumer
from usecases.drop.decide.facts import Facts, Row
from usecases.drop.decide.organization_rules import organization_flags


@dataclass(frozen=True, slots=True)
class Decision:
    """A row with its outcome; the account at its address takes the details of the row `owner`."""

    row: Row
    outcome: Outcome
    flags: list[str]
    owner: Row | None = None
    account_code: str | None = None
    joins: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A row with all its flags."""

    row: Row
    facts: Facts
    flags: list[str]

    @property
    def needs_review(self) -> bool:
        """Return whether one of the flags asks for a review by a person."""
        return any(map(is_review_reason, self.flags))

    @property
    def is_linkable_to_existing(self) -> bool:
        """Return whether the address has an account whose owner has proved to own it."""
        return owner_of(self.row, self.facts) is not None


def _is_kind(kind: LegacyCodeKind) -> Callable[[Case], bool]:
    return lambda case: case.row["kind"] == kind


# First match wins: machine credential, unknown organization, shared code, needs review, no e-mail, existing account,
# new account.
_OUTCOMES_OF_CODES: list[tuple[Outcome, Callable[[Case], bool]]] = [
    (Outcome.SYSTEM_CREDENTIAL, _is_kind(LegacyCodeKind.SYSTEM)),
    (Outcome.ORG_UNRESOLVED, lambda case: case.row["register_status"] is None),
    (Outcome.SHARED_SPLIT, _is_kind(LegacyCodeKind.SHARED)),
    (Outcome.NEEDS_REVIEW, lambda case: case.needs_review),
    (Outcome.NEEDS_EMAIL, lambda case: case.row["email_key"] is None),
    (Outcome.LINK_EXISTING_PENDING, lambda case: case.is_linkable_to_existing),
    (Outcome.CREATE_PENDING, lambda case: True),
]
_OUTCOMES_OF_CONSUMERS: list[tuple[Outcome, Callable[[Case], bool]]] = [
    (Outcome.NEEDS_REVIEW, lambda case: case.needs_review),
    (Outcome.NEEDS_EMAIL, lambda case: case.row["email_key"] is None),
    (Outcome.IMPORT_CONSUMER, lambda case: case.row["email_verified"]),
    (Outcome.IMPORT_CONSUMER_UNVERIFIED, lambda case: True),
]


def decide(row: Row, facts: Facts) -> Decision:
    """Decide the outcome of a row."""
    is_consumer = row["email_verified"] is not None
    rules, table = (_CONSUMER_RULES, _OUTCOMES_OF_CONSUMERS) if is_consumer else (_CODE_RULES, _OUTCOMES_OF_CODES)
    flags = [*row["own_flags"], *(flag for rule in rules for flag in rule(row, facts))]
    case = Case(row, facts, flags)
    outcome = next(outcome for outcome, fits in table if fits(case))
    if outcome is Outcome.NEEDS_EMAIL and row["organization_role"] == Role.ADMINISTRATOR:
        flags.append(Flag.ADMIN_UNREACHABLE)
    return _with_account(Decision(row, outcome, ordered(flags)), facts)


def _with_account(decision: Decision, facts: Facts) -> Decision:
    """Add the account that the row links to, makes, or joins another row in making."""
    row, outcome, flags = decision.row, decision.outcome, decision.flags
    if outcome in {Outcome.IMPORT_CONSUMER, Outcome.IMPORT_CONSUMER_UNVERIFIED}:
        return Decision(row, outcome, flags, owner=row)
    if outcome is Outcome.LINK_EXISTING_PENDING:
        consumer = imported_consumer(row["email_key"], facts)
        return Decision(row, outcome, flags, owner=consumer, account_code=consumer["code_key"] if consumer else None)
    if outcome is Outcome.CREATE_PENDING:
        leader = facts.leaders[row["email_key"]]
        return Decision(row, outcome, flags, owner=leader, joins=leader["key"] if leader["key"] != row["key"] else None)
    return decision


OutcomeRule = Callable[[Row, Facts], Iterator[str]]
_CODE_RULES: list[OutcomeRule] = [organization_flags, account_flags]
_CONSUMER_RULES: list[OutcomeRule] = [consumer_flags]
