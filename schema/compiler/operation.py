"""One operation, compiled, and how it is run."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues

from resolvers.context import RequestContext
from schema.compiler.plan import Planner, UncompilableError
from schema.compiler.reading import FieldReader
from schema.compiler.source import Writer

Run = Callable[[RequestContext, VariableValues, dict[str, Any], list[GraphQLError]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class CompiledOperation:
    """A query as Python; `source` is kept to be read when something is strange."""

    run: Run
    source: str

    async def execute(
        self, context: RequestContext, variables: VariableValues
    ) -> tuple[dict[str, Any], list[GraphQLError]]:
        """Return the data and the refusals; raises whatever went wrong, and the caller has graphql-core run it anew."""
        refusals: list[GraphQLError] = []
        return await self.run(context, variables, variables.coerced, refusals), refusals


def compile_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: Mapping[str, bool],
) -> CompiledOperation | None:
    """Compile a valid operation for the values its `@skip` and `@include` depend on; None when it is not covered."""
    if operation.operation is not OperationType.QUERY or operation.directives:
        return None
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    try:
        root = Planner(schema, operation, fragments, VariableValues({}, dict(conditions))).plan()
        if not root.awaits:
            return None  # nothing is read, so nothing is gained
        writer = Writer(FieldReader(schema, operation, fragments))
        source = writer.program(root)
    except UncompilableError:
        return None
    namespace = dict(writer.constants)
    exec(compile(source, "<compiled query>", "exec"), namespace)  # noqa: S102 - source written by us, of names and constants
    return CompiledOperation(namespace["run"], source)
