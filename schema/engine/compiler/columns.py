"""Which columns of a list's rows a query reads, so that no other is asked for, and which one rules look at alike."""

from collections.abc import Iterable, Iterator

from strawberry.utils.str_converters import to_snake_case

from schema.declare.fields import itself
from schema.declare.rules import RULE_COLUMNS, Rule
from schema.engine.compiler.plan import PlannedField, Selection


class WholeRowError(Exception):
    """A selected field does not say which columns it looks at."""


def columns_of(planned: PlannedField) -> frozenset[str] | None:
    """Return the columns that what is selected of an object or a list reads of its rows, None when it may be all."""
    selections = list(_of_same_rows(planned.selections))
    read = (field for selection in selections for field in selection.fields if field.definition is not None)
    try:
        by_fields = frozenset(column for field in read for column in _of_field(field))
    except WholeRowError:
        return None
    return by_fields | frozenset(_of_rules(selections)) - {shared_column(planned)}


def shared_column(planned: PlannedField) -> str | None:
    """Return the column in which all rows of a connection have their owner's id, when a rule looks at it.

    None as well where rows wait for something, or something nested may be of another row: they are then completed
    elsewhere, one by one.
    """
    owner: str | None = planned.strawberry.metadata.get("owner")
    if planned.selections_await or not all(map(_is_same_row, _nested_in_rows(planned))):
        return None
    return owner if owner in RULE_COLUMNS and owner in _of_rules(_of_same_rows(planned.selections)) else None


def _nested_in_rows(planned: PlannedField) -> Iterator[PlannedField]:
    """Return the fields of a connection's rows that have fields of their own."""
    lists = (field for selection in planned.selections for field in selection.fields)
    rows = _of_same_rows([selection for listed in lists for selection in listed.selections])
    return (field for selection in rows for field in selection.fields if field.selections)


def _is_same_row(planned: PlannedField) -> bool:
    return planned.strawberry.metadata.get("computed") is itself


def _of_same_rows(selections: list[Selection]) -> Iterator[Selection]:
    """Return the selections of the same rows; what is loaded has rows of its own."""
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


def _of_field(planned: PlannedField) -> Iterator[str]:
    declaration = planned.strawberry.metadata
    if "column" in declaration:
        yield label_of(planned)
        return
    if declaration.get("reads") is None:
        raise WholeRowError
    yield from declaration["reads"]


def label_of(planned: PlannedField) -> str:
    """Return the label of the column that a field reads."""
    declared: str | None = planned.strawberry.metadata["column"]
    return declared or f"{to_snake_case(planned.parent.name)}_{planned.strawberry.python_name}"
