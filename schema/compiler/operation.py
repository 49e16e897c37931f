"""One operation: compiled when it comes a second time, once for each way its `@skip` and `@include` turn out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues

from resolvers.context import RequestContext
from schema.compiler.plan import Planner, UncompilableError
from schema.compiler.reading import FieldReader
from schema.compiler.source import Writer
from schema.compiler.variables import Variables

log = structlog.get_logger()

MOST_CONDITIONS = 4  # variables, so at most 16 variants of a query
Run = Callable[[RequestContext, VariableValues, dict[str, Any], list[GraphQLError]], Awaitable[dict[str, Any]]]
Answer = tuple[dict[str, Any], list[GraphQLError]]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query as Python; `source` is kept to be read when something is strange."""

    run: Run
    source: str


class CompilableOperation:
    """An operation that is answered by compiled code where it can be."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        uses = _VariableUses()
        visit(document, uses)
        self._conditions = sorted(uses.in_conditions)
        self._variables = Variables(schema, operation, plainly=not uses.in_literals)
        is_query = operation.operation is OperationType.QUERY and not operation.directives
        self._uncompilable = not is_query or len(self._conditions) > MOST_CONDITIONS
        self._variants: dict[tuple[Any, ...], CompiledQuery | None] = {}
        self._seen = False

    async def answer(self, context: RequestContext, given: dict[str, Any] | None) -> Answer | None:
        """Return the data and the refused fields, or None when graphql-core is to answer; a query changes nothing."""
        variables = self._variables.coerced(given) if self._comes_again() else None
        query = self.variant(variables.coerced) if variables is not None else None
        if query is None or variables is None:
            return None
        refusals: list[GraphQLError] = []
        try:
            return await query.run(context, variables, variables.coerced, refusals), refusals
        except Exception:
            context.forget_loaded()
            return None

    def variant(self, values: dict[str, Any]) -> CompiledQuery | None:
        """Return the query compiled for these values of its conditions, None when only graphql-core executes it."""
        key = tuple(values.get(name) for name in self._conditions)
        if key not in self._variants:
            self._variants[key] = self._compiled(VariableValues({}, dict(zip(self._conditions, key, strict=True))))
        return self._variants[key]

    def _comes_again(self) -> bool:
        seen, self._seen = self._seen, True
        return seen and not self._uncompilable

    def _compiled(self, conditions: VariableValues) -> CompiledQuery | None:
        try:
            root = Planner(self._schema, self._operation, self._fragments, conditions).plan()
            writer = Writer(FieldReader(self._schema, self._operation, self._fragments))
            source = writer.program(root)
        except (UncompilableError, GraphQLError):
            return None
        namespace = dict(writer.constants)
        exec(compile(source, "<compiled query>", "exec"), namespace)  # noqa: S102 - written by us from names and constants
        return CompiledQuery(namespace["run"], source)


class _VariableUses(Visitor):
    """Finds the variables that `@skip` and `@include` look at, and whether any stands inside a list or object."""

    def __init__(self) -> None:
        super().__init__()
        self.in_conditions: set[str] = set()
        self.in_literals = False

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.in_conditions.update(value.name.value for value in values if isinstance(value, VariableNode))

    def enter_variable(self, _node: VariableNode, _key: object, parent: object, *_: object) -> None:
        self.in_literals |= not isinstance(parent, ArgumentNode | VariableDefinitionNode)
