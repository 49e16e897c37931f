"""One operation: compiled when it comes a second time, once for each way its `@skip` and `@include` turn out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    visit,
)
from graphql.execution.values import VariableValues

from resolvers.context import RequestContext
from schema.compiler.arguments import Arguments
from schema.compiler.plan import Planner, UncompilableError
from schema.compiler.reading import Reader
from schema.compiler.source import Writer
from schema.compiler.variables import Variables, VariableUses

log = structlog.get_logger()

MOST_CONDITIONS = 4  # variables, so at most 16 variants of a query and a few more where they may be absent
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
        self._document = document
        self._operation = operation
        self._variants: dict[tuple[Any, ...], CompiledQuery | None] = {}
        self._seen = False

    async def answer(self, context: RequestContext, given: dict[str, Any] | None) -> Answer | None:
        """Return the data and the refused fields, or None when graphql-core is to answer.

        Raises whatever goes wrong; graphql-core then says how that is answered, since a query changes nothing.
        """
        if not self._comes_again() or not self._is_compilable:
            return None
        variables = self._variables.coerced(given or {})
        query = self.variant(variables.coerced) if variables is not None else None
        if variables is None or query is None:
            return None
        refusals: list[GraphQLError] = []
        return await query.run(context, variables, variables.coerced, refusals), refusals

    def variant(self, values: dict[str, Any]) -> CompiledQuery | None:
        """Return the query compiled for these values of its conditions, None when only graphql-core executes it."""
        conditions = {name: values[name] for name in self._conditions if name in values}
        key = tuple(conditions.items())
        if key not in self._variants:
            self._variants[key] = self._compiled(VariableValues({}, conditions))
        return self._variants[key]

    def _comes_again(self) -> bool:
        seen, self._seen = self._seen, True
        return seen

    @cached_property
    def _uses(self) -> VariableUses:
        uses = VariableUses()
        visit(self._document, uses)
        return uses

    @cached_property
    def _conditions(self) -> list[str]:
        return sorted(self._uses.in_conditions)

    @cached_property
    def _variables(self) -> Variables:
        return Variables(self._schema, self._operation, plainly=not self._uses.in_literals)

    @cached_property
    def _is_compilable(self) -> bool:
        is_query = self._operation.operation is OperationType.QUERY and not self._operation.directives
        return is_query and len(self._conditions) <= MOST_CONDITIONS

    def _compiled(self, conditions: VariableValues) -> CompiledQuery | None:
        fragments = [node for node in self._document.definitions if isinstance(node, FragmentDefinitionNode)]
        try:
            root = Planner(self._schema, self._operation, fragments, conditions).plan()
            writer = Writer(Reader(Arguments(self._schema, self._operation)).write)
            source = writer.program(root)
        except (UncompilableError, GraphQLError):
            return None
        namespace = dict(writer.constants)
        exec(compile(source, "<compiled query>", "exec"), namespace)  # noqa: S102 - written by us from names and constants
        return CompiledQuery(namespace["run"], source)
