"""One operation: compiled if it repeats or is expensive, once per outcome of its `@skip` and `@include`."""

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

MOST_CONDITIONS = 4  # variables in `@skip` and `@include` of a compiled operation
COMPILE_ABOVE_COST = 100  # objects; above this, compiling pays off for a single run
MOST_VARIANTS = 81  # per operation: 3 values (true, false, absent) of 4 conditions
Run = Callable[[RequestContext, VariableValues, dict[str, Any], list[GraphQLError]], Awaitable[dict[str, Any]]]


class ExecutionLimits(NamedTuple):
    """Maximum cost of an operation, and the switch of the compiler."""

    cost: int
    compiles: bool


class Variant:
    """An operation for certain values of its conditions: its cost, and its compiled query once it repeats."""

    def __init__(self, root: Selection | None, compiled: Callable[[Selection], "CompiledQuery | None"]) -> None:
        self.root = root
        self._compiled = compiled
        self._seen = False
        self.cost = cost_of(root) if root is not None else Cost()
        self.highest_cost = self.cost.objects(None)

    @cached_property
    def query(self) -> "CompiledQuery | None":
        """Return the compiled query; None if only graphql-core can execute it."""
        return self._compiled(self.root) if self.root is not None else None

    def seen_before(self) -> bool:
        """Return whether the variant was requested before; only then is compiling worth its time."""
        seen, self._seen = self._seen, True
        return seen


@dataclass(slots=True)
class CompiledQuery:
    """A query compiled to Python: its function and its source."""

    run: Run
    source: str
    _told: bool = False

    def source_to_log(self) -> str | None:
        """Return the source on the first call only; a query that fails often would otherwise fill the log."""
        told, self._told = self._told, True
        return None if told else self.source


class Answer(NamedTuple):
    """Result of compiled code: the awaitable data, the refusals recorded so far, and the query."""

    data: Awaitable[dict[str, Any]]
    refusals: list[GraphQLError]
    query: CompiledQuery


class CompilableOperation:
    """An operation that compiled code answers where it can."""

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
        """Return the awaitable data and the recorded refusals; None if graphql-core must answer.

        Raises LimitExceededError if the operation may cost too much. Errors of compiled code are raised unchanged. The
        caller then runs the query again by graphql-core, which is safe because a query changes nothing.
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
    """Return the function `run` of a program, whose lines are in `linecache` for tracebacks and debuggers."""
    file = f"<compiled query {sha256(source.encode()).hexdigest()[:12]}>"
    namespace = dict(constants)
    exec(compile(source, file, "exec"), namespace)  # noqa: S102 - our own source, made of checked names and constants
    run: Run = namespace["run"]
    lines = source.splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    weakref.finalize(run, linecache.cache.pop, file, None)
    return run
