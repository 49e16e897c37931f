"""Changes of details: the fields that were sent are read by their rules, and all of them are written or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from models.values.personal_identity_code import redact
from models.values.refusal import InvalidValue
from usecases.refusal import Conflict, Refusal, RefusalCode, RefusedError

# The values that the caller sent, by field: an absent field is left, a null one cleared.
Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Reads a field, and allows it to be cleared or not."""

    parse: Callable[[str], Any]
    may_be_cleared: bool = True


class Versioned(Protocol):
    """An entity that counts its changes."""

    id: Any
    version: Any


def require_version(entity: Versioned, version: int) -> None:
    """Refuse with CONFLICT, and the entity as it is, if it has changed since the caller saw that version."""
    if entity.version != version:
        data = Conflict(type(entity).__name__, entity.id)
        raise RefusedError([Refusal(RefusalCode.CONFLICT, "CHANGED_MEANWHILE", ("version",), data=data)])


def apply_changes(entity: Versioned, rules: Mapping[str, FieldRule], changes: Changes) -> Mapping[str, Changes] | None:
    """Write what differs, and return it as the audit keeps it: `before` and `after`; None if nothing differs.

    Raises RefusedError INVALID or REQUIRED with every reason at once.
    """
    parsed = parse_changes(rules, changes)
    before = {name: getattr(entity, name) for name, value in parsed.items() if getattr(entity, name) != value}
    if not before:
        return None
    for name in before:
        setattr(entity, name, parsed[name])
    entity.version += 1
    return {"before": before, "after": {name: parsed[name] for name in before}}


def parse_changes(rules: Mapping[str, FieldRule], changes: Changes) -> Changes:
    """Return the canonical values; raises RefusedError with every reason at once."""
    parsed, refusals = {}, []
    for name, value in changes.items():
        try:
            parsed[name] = _parse_field(rules[name], value)
        except InvalidValue as invalid:
            code = RefusalCode.REQUIRED if invalid.code == "REQUIRED" else RefusalCode.INVALID
            refusals.append(Refusal(code, invalid.code, (name,)))
    if refusals:
        raise RefusedError(refusals)
    return parsed


def _parse_field(rule: FieldRule, value: Any) -> Any:
    if value is not None:
        parsed = rule.parse(value)
        # After the rule, which bounds the length that is looked through.
        if redact(value)[1]:
            raise InvalidValue("PERSONAL_IDENTITY_CODE", "Leave the personal identity code out; it is never kept.")
        return parsed
    if rule.may_be_cleared:
        return None
    raise InvalidValue("REQUIRED", "This cannot be empty; leave it out to keep it as it is.")
