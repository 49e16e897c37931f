"""Which columns of a list's rows a query reads, so that no other is asked for."""

from collections.abc import Iterator

from strawberry.utils.str_converters import to_snake_case

from schema.compiler.plan import PlannedField, Selection
from schema.rules import Rule, Who


class WholeRowError(Exception):
    """A selected field does not say which columns it looks at."""


def columns_of(planned: PlannedField) -> frozenset[str] | None:
    """Return the columns that what is selected of a connection reads of its rows, None when it may be all of them."""
    try:
        return frozenset(column for selection in planned.selections for column in _of_selection(selection))
    except WholeRowError:
        return None


def _of_selection(selection: Selection) -> Iterator[str]:
    yield from _of_rule(selection.type.extensions.get("rule"))
    for planned in selection.fields:
        if planned.definition is not None:
            yield from _of_field(planned)


def _of_field(planned: PlannedField) -> Iterator[str]:
    yield from _of_rule(planned.rule)
    declaration = planned.strawberry.metadata
    if "column" in declaration:
        yield label_of(planned)
        return
    reads = declaration.get("reads")
    if reads is None:
        raise WholeRowError
    yield from reads
    if not planned.loads:  # what is loaded has rows of its own
        for selection in planned.selections:
            yield from _of_selection(selection)


def _of_rule(rule: Rule | None) -> Iterator[str]:
    if rule is not None and rule.who is Who.SELF:
        yield "account_id"
    if rule is not None and rule.organization:
        yield "organization_id"


def label_of(planned: PlannedField) -> str:
    """Return the label of the column that a field reads."""
    declared: str | None = planned.strawberry.metadata["column"]
    return declared or f"{to_snake_case(planned.parent.name)}_{planned.strawberry.python_name}"
