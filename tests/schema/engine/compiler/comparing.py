"""Answers one request by compiled code and by graphql-core, as the server does, and says what differs."""

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
    """A document and its variables; `@name@` in either stands for an id or cursor of the world."""

    text: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None

    @property
    def is_left_to_the_reference(self) -> bool:
        """Return whether its conditions are more than are compiled for, or one of them is null."""
        conditions = set(re.findall(r"if: \$(\w+)", self.text))
        given = self.variables or {}
        return len(conditions) > MOST_CONDITIONS or any(given.get(name, True) is None for name in conditions)

    def named(self, names: Names) -> "Request":
        """Return the request with the world's ids and cursors in it."""
        text, variables = self.text, orjson.dumps(self.variables).decode()
        for name, value in names.items():
            text, variables = text.replace(f"@{name}@", value), variables.replace(f"@{name}@", value)
        return replace(self, text=text, variables=orjson.loads(variables))


class World:
    """Who asks, and by what names a request may speak of things; no dataclass, whose every field a failure prints."""

    def __init__(self, cast: Cast, resources: Resources, viewers: dict[str, Viewer], names: Names) -> None:
        self.cast = cast
        self.resources = resources
        self.viewers = viewers
        self.names = names


@dataclass(frozen=True)
class Answered:
    """How a request was answered: the body, and how many statements that took."""

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
        """Return the codes of all its errors, those that the answer leaves out after the tenth among them."""
        alone = [ExecutionResult(self.result.data, [error]) for error in self.result.errors or ()]
        return {presented(result, "request-id")["errors"][0]["extensions"]["code"] for result in alone}

    @property
    def settled(self) -> tuple[Any, list[str]]:
        """Return the data and the errors, save which of several faults below one and the same null it is.

        That is the one that came first, in graphql-core too, which forgets those that come after it.
        """
        return self.result.data, sorted({_place(self.result.data, error) for error in self.result.errors or ()})


def _place(data: Any, error: GraphQLError) -> str:
    """Return an error in words; of one below a null, only where the null is."""
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
    """Answer a valid request both ways."""
    document = Documents(schema, limits=UNLIMITED).get(request.text)
    assert not document.errors, (document.errors, request.text)
    operation = document.compilable_operation(schema, request.operation_name)
    assert operation is not None
    for _ in range(2):  # at the latest from the second time on it is compiled
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
