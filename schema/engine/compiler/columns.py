"""Columns that a query reads of a list's rows; only these are selected."""

from collections.abc import Iterable, Iterator

from schema.declare.rules import Rule
from schema.engine.plan import PlannedField, Selection


class WholeRowError(Exception):
    """A selected field does not name the columns that it reads."""


def columns_of(planned: PlannedField) -> frozenset[str] | None:
    """Return the columns that the selections read of an object's rows; None if they may read all."""
    selections = list(_of_same_rows(planned.selections))
    read = (field for selection in selections for field in selection.fields if field.definition is not None)
    try:
        by_fields = frozenset(column for field in read for column in _of_field(field))
    except WholeRowError:
        return None
    return by_fields | frozenset(_of_rules(selections))


def _of_same_rows(selections: list[Selection]) -> Iterator[Selection]:
    """Return the selections that read the same rows; loaded objects have rows of their own."""
    for selection in selections:
        yield selection
        for planned in selection.fields:
            if not planned.loads:
                yield from _of_same_rows(planned.selections)


def _of_rules(selections: Iterable[Selection]) -> Iterator[str]:
    for selection in selections:
        rules: list[Rule | None] = [selection.type.extensions.get("rule"), *(field.rule for field in selection.fields)]
        for rule in rules:
            if rule is not None:
                yield from rule.columns


def _of_field(planned: PlannedField) -> tuple[str, ...]:
    columns = planned.declaration.columns(planned.name)
    if columns is None:
        raise WholeRowError
    return columns
