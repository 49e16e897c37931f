"""One operation: compiled when it comes again or costs much, once for each way its `@skip` and `@include` turn out."""

import linecache
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

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

from resolvers.core.context import RequestContext
from schema.engine.compiler.arguments import Arguments
from schema.engine.compiler.source import Writer
from schema.engine.compiler.variables import Variables, VariableUses
from schema.engine.cost import Cost, cost_of
from schema.engine.limit_check import LimitExceededError
from schema.engine.plan import Planner, Selection, UncompilableError

MOST_CONDITIONS = 4  # variables that a compiled operation's `@skip` and `@include` look at
COMPILE_ABOVE_COST = 100  # objects; above this, compiling pays off even for one run
MOST_VARIANTS = 81  # kept of one operation: each condition true, false or absent
Run = Callable[[RequestContext, VariableValues, dict[str, Any], list[GraphQLError]], Awaitable[dict[str, Any]]]


class ExecutionLimits(NamedTuple):
    """How much an operation may cost, and whether it is compiled at all."""

    cost: int
    compiles: bool


class Variant:
    """An operation for certain values of its conditions: what it costs, and as Python when it comes again."""

    def __init__(self, root: Selection | None, compiled: Callable[[Selection], "CompiledQuery | None"]) -> None:
        self.root = root
        self._compiled = compiled
        self._seen = False
        self.cost = cost_of(root) if root is not None else Cost()
        self.highest_cost = self.cost.objects(None)

    @cached_property
    def query(self) -> "CompiledQuery | None":
        """Return it as Python, None when only graphql-core executes it."""
        return self._compiled(self.root) if self.root is not None else None

    def seen_before(self) -> bool:
        """Return whether it has been asked for before, so that compiling it is worth its time."""
        seen, self._seen = self._seen, True
        return seen


@dataclass(slots=True)
class CompiledQuery:
    """A query as Python: the function and its source."""

    run: Run
    source: str
    _told: bool = False

    def source_to_log(self) -> str | None:
        """Return the source the first time only; a query that fails would otherwise fill the log with it."""
        told, self._told = self._told, True
        return None if told else self.source


class Answer(NamedTuple):
    """The data, to be awaited; the refusals of fields by then; the query that answers."""

    data: Awaitable[dict[str, Any]]
    refusals: list[GraphQLError]
    query: CompiledQuery


class CompilableOperation:
    """An operation that is answered by compiled code where it can be."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        uses = VariableUses()
        visit(document, uses)
        self._conditions = sorted(uses.in_conditions)
        self._variables = Variables(schema, operation, plainly=not uses.in_literals)
        self._variants: dict[tuple[Any, ...], Variant] = {}

    def answer(self, context: RequestContext, given: dict[str, Any] | None, bounds: ExecutionLimits) -> Answer | None:
        """Return the data, to be awaited, and the refusals of fields by then; None when graphql-core is to answer.

        Raises LimitExceededError when it may cost too much. Whatever goes wrong in compiled code is raised as it is:
        graphql-core then says how that is answered, since a query changes nothing.
        """
        variables = self._variables.coerced(given or {})
        if variables is None:
            return None
        variant = self.variant(variables.coerced)
        if variant.highest_cost > bounds.cost:
            cost = variant.cost.objects(variables.coerced)
            if cost > bounds.cost:
                raise LimitExceededError("COST", bounds.cost, "ask for smaller pages, or in several requests", cost)
        worth_it = variant.seen_before() or variant.cost.objects(variables.coerced) >= COMPILE_ABOVE_COST
        if not bounds.compiles or not worth_it or variant.query is None:
            return None
        refusals: list[GraphQLError] = []
        return Answer(variant.query.run(context, variables, variables.coerced, refusals), refusals, variant.query)

    def variant(self, values: dict[str, Any]) -> Variant:
        """Return the operation for these values of its conditions."""
        if not self._conditions and () in self._variants:
            return self._variants[()]
        conditions = {name: values[name] for name in self._conditions if name in values}
        key = tuple(conditions.items())
        variant = self._variants.get(key)
        if variant is None:
            variant = Variant(self._planned(VariableValues({}, conditions)), self._compiled)
            if len(self._variants) < MOST_VARIANTS:
                self._variants[key] = variant
        return variant

    def _planned(self, conditions: VariableValues) -> Selection | None:
        try:
            return Planner(self._schema, self._operation, self._fragments, conditions).plan()
        except (UncompilableError, GraphQLError):
            return None

    def _compiled(self, root: Selection) -> CompiledQuery | None:
        is_query = self._operation.operation is OperationType.QUERY and not self._operation.directives
        if not is_query or len(self._conditions) > MOST_CONDITIONS:
            return None
        try:
            writer = Writer(Arguments(self._schema, self._operation))
            source = writer.program(root)
        except (UncompilableError, GraphQLError):
            return None
        return CompiledQuery(_executed(source, writer.names.constants), source)


def _executed(source: str, constants: dict[str, Any]) -> Run:
    """Return the `run` of a program; its lines are in `linecache`, so that tracebacks and debuggers show them."""
    file = f"<compiled query {sha256(source.encode()).hexdigest()[:12]}>"
    namespace = dict(constants)
    exec(compile(source, file, "exec"), namespace)  # noqa: S102 - written by us from names and constants
    run: Run = namespace["run"]
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    weakref.finalize(run, linecache.cache.pop, file, None)
    return run
