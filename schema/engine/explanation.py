"""Explanation of a query for developers: plan, cost, access rules per field, compiled source."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSchema

from schema.declare.fields import Called, Column, Computed, Declaration, Paged, Related, SameRow
from schema.declare.rules import Rule
from schema.engine.compiler import CompilableOperation, ExecutionLimits
from schema.engine.compiler.columns import columns_of
from schema.engine.documents import Documents
from schema.engine.limits import Limits
from schema.engine.plan import PlannedField, Selection

_KINDS: dict[type, str] = {
    Computed: "computed",
    Related: "loaded",
    SameRow: "same row",
    Called: "resolver",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The server's view of a query; `source` is None if only graphql-core can execute it."""

    plan: list[str]
    cost: int
    most: int  # limit of the cost
    source: str | None
    operation: CompilableOperation
    bounds: ExecutionLimits


def explain(schema: GraphQLSchema, text: str, variables: dict[str, object]) -> Explanation:
    """Explain the only operation of a document; raises GraphQLError if the server would refuse it."""
    document = Documents(schema).get(text)
    if document.errors:
        raise document.errors[0]
    operation = document.compilable_operation(schema, None)
    if operation is None:
        raise GraphQLError("the document must have exactly one operation")
    variant = operation.variant(variables)
    if variant.root is None:
        raise GraphQLError("only graphql-core executes this operation, so it has no plan; introspection has none")
    source = variant.query.source if variant.query else None
    cost = variant.cost.objects(variables)
    return Explanation(list(_lines(variant.root, 0)), cost, Limits().cost, source, operation, document.bounds)


def _lines(selection: Selection, depth: int) -> Iterator[str]:
    for planned in selection.fields:
        if planned.definition is None:
            continue
        yield f"{'  ' * depth}{planned.key}: {_how(planned)}{_who(planned)}"
        for below in planned.selections:
            if len(planned.selections) > 1:
                yield f"{'  ' * (depth + 1)}... on {below.type.name}"
            yield from _lines(below, depth + 1 + (len(planned.selections) > 1))


def _how(planned: PlannedField) -> str:
    """Return the kind of read of a field, and the columns selected of its rows."""
    declaration: Declaration = planned.declaration
    if isinstance(declaration, Column):
        return f"column {declaration.columns(planned.name)[0]}"
    kind = f"page by {declaration.owner}" if isinstance(declaration, Paged) else _KINDS[type(declaration)]
    if not planned.loads:
        return kind
    columns = columns_of(planned)
    return f"{kind}; reads {', '.join(sorted(columns)) if columns else 'whole rows'}" if planned.selections else kind


def _who(planned: PlannedField) -> str:
    """Return the rules that decide: the field's own, and those of the types that it returns."""
    rules: list[Rule | None] = [
        planned.rule,
        *(selection.type.extensions.get("rule") for selection in planned.selections),
    ]
    sentences = dict.fromkeys(rule.sentence for rule in rules if rule is not None)
    sentences.pop("anyone", None)
    return f"  [{' | '.join(sentences)}]" if sentences else ""
