"""Changes of details: each given field is parsed by its rule, and all fields are written or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from models.values.personal_identity_code import redact
from models.values.refusal import InvalidValue
from usecases.refusal import Conflict, Refusal, RefusalCode, RefusedError

# The given values by field: an absent field stays, a null field is cleared.
Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Parses a field, and tells if it may be cleared."""

    parse: Callable[[str], Any]
    may_be_cleared: bool = True


class Versioned(Protocol):
    """An entity with a version that rises with each change."""

    id: Any
    version: Any


def require_version(entity: Versioned, version: int) -> None:
    """Refuse with CONFLICT, and the present entity, if its version is another than the caller saw."""
    if entity.version != version:
        data = Conflict(type(entity).__name__, entity.id)
        raise RefusedError([Refusal(RefusalCode.CONFLICT, "CHANGED_MEANWHILE", ("version",), data=data)])


def apply_changes(entity: Versioned, rules: Mapping[str, FieldRule], changes: Changes) -> Mapping[str, Changes] | None:
    """Write the fields that differ, and return `before` and `after` for the audit; None if nothing differs.

    Raises RefusedError INVALID or REQUIRED with all reasons at once.
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
    """Return the canonical values; raises RefusedError with all reasons at once."""
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
        # After the rule, which bounds the length of the text to search.
        if redact(value)[1]:
            raise InvalidValue("PERSONAL_IDENTITY_CODE", "Leave the personal identity code out; it is never kept.")
        return parsed
    if rule.may_be_cleared:
        return None
    raise InvalidValue("REQUIRED", "This cannot be empty; leave it out to keep it as it is.")
