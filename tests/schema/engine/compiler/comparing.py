"""Comparison of compiled code and graphql-core, which answer the same request as the server does."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema

from auth.viewer import Viewer
from models.db.query import TALLY, Tally
from resolvers.core.context import RequestContext
from schema.build import SCHEMA
from schema.engine.compiler import CompilableOperation, ExecutionLimits
from schema.engine.compiler.operation import MOST_CONDITIONS
from schema.engine.documents import Document, Documents
from schema.engine.limits import Limits
from server.http.errors import presented
from server.http.execute import run_operation
from server.http.request_parsing import GraphQLRequest
from tests.cast import Cast
from usecases.resources import Resources

MANY = 10**12
UNLIMITED = Limits(MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY)
REFUSALS = {"FORBIDDEN", "UNAUTHENTICATED", "TASK_OPEN"}
Names = dict[str, str]


@dataclass(frozen=True)
class Request:
    """A document and its variables; `@name@` in either is replaced by an id or cursor of the world."""

    text: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None

    @property
    def is_left_to_the_reference(self) -> bool:
        """Return whether it has too many conditions to be compiled, or a condition that is null."""
        conditions = set(re.findall(r"if: \$(\w+)", self.text))
        given = self.variables or {}
        return len(conditions) > MOST_CONDITIONS or any(given.get(name, True) is None for name in conditions)

    def named(self, names: Names) -> "Request":
        """Return the request with `@name@` replaced by the world's ids and cursors."""
        text, variables = self.text, orjson.dumps(self.variables).decode()
        for name, value in names.items():
            text, variables = text.replace(f"@{name}@", value), variables.replace(f"@{name}@", value)
        return replace(self, text=text, variables=orjson.loads(variables))


class World:
    """Viewers and named ids of the comparisons; no dataclass, because a failure prints all fields of one."""

    def __init__(self, cast: Cast, resources: Resources, viewers: dict[str, Viewer], names: Names) -> None:
        self.cast = cast
        self.resources = resources
        self.viewers = viewers
        self.names = names


@dataclass(frozen=True)
class Answered:
    """Answer to a request: the body, the result, and the number of statements."""

    body: bytes
    statements: int
    result: ExecutionResult

    @property
    def json(self) -> dict[str, Any]:
        """Return the body as a client reads it."""
        answer: dict[str, Any] = orjson.loads(self.body)
        return answer

    @property
    def codes(self) -> set[str]:
        """Return the codes of all errors, including those beyond the tenth, which the body omits."""
        alone = [ExecutionResult(self.result.data, [error]) for error in self.result.errors or ()]
        return {presented(result, "request-id")["errors"][0]["extensions"]["code"] for result in alone}

    @property
    def settled(self) -> tuple[Any, list[str]]:
        """Return the data and the errors; of several errors below one null, only the place of the null.

        graphql-core reports the error that occurs first and forgets later ones, so the choice depends on timing.
        """
        return self.result.data, sorted({_place(self.result.data, error) for error in self.result.errors or ()})


def _place(data: Any, error: GraphQLError) -> str:
    """Return an error in words; for an error below a null, only the place of the null."""
    reached: list[str | int] = []
    for part in error.path or ():
        if data is None:
            return f"below the null at {reached}"
        data = data[part]
        reached.append(part)
    return f"{error.message} at {reached} {error.locations} {error.extensions}"


@dataclass(frozen=True)
class Comparison:
    """Both answers to one request, and whether compiled code gave the first."""

    compiled: Answered
    reference: Answered
    by_compiled_code: bool


async def compare(resources: Resources, viewer: Viewer, request: Request, schema: GraphQLSchema = SCHEMA) -> Comparison:
    """Answer a valid request by both executors."""
    document = Documents(schema, limits=UNLIMITED).get(request.text)
    assert not document.errors, (document.errors, request.text)
    operation = document.compilable_operation(schema, request.operation_name)
    assert operation is not None
    for _ in range(2):  # from the second run on, it is compiled
        context, by_compiled_code = RequestContext(resources, viewer), False
        with suppress(Exception):
            by_compiled_code = await is_compiled(operation, context, request.variables, document.bounds)
    return Comparison(
        await answered(resources, viewer, request, document, schema),
        await by_reference(resources, viewer, request, schema),
        by_compiled_code,
    )


async def is_compiled(
    operation: CompilableOperation, context: RequestContext, variables: dict[str, Any] | None, bounds: ExecutionLimits
) -> bool:
    """Return whether compiled code answers an operation, after awaiting its answer."""
    answer = operation.answer(context, variables, bounds)
    if answer is not None:
        await answer[0]
    return answer is not None


async def by_reference(
    resources: Resources, viewer: Viewer, request: Request, schema: GraphQLSchema = SCHEMA
) -> Answered:
    """Answer a request by graphql-core alone."""
    document = Documents(schema, limits=UNLIMITED, compiles=False).get(request.text)
    return await answered(resources, viewer, request, document, schema)


async def answered(
    resources: Resources, viewer: Viewer, request: Request, document: Document, schema: GraphQLSchema
) -> Answered:
    """Answer a request as the server does."""
    tally = Tally()
    TALLY.set(tally)
    context = RequestContext(resources, viewer)
    wanted = GraphQLRequest(request.text, request.operation_name, request.variables)
    async with asyncio.timeout(30):
        result = await run_operation(schema, document, wanted, context)
    return Answered(orjson.dumps(presented(result, "request-id")), tally.statements, result)
