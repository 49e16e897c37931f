"""Runs one prepared operation, for all transports."""

import asyncio
from collections.abc import Awaitable
from types import CoroutineType
from typing import Any, TypeGuard

import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from graphql.execution import Executor

from models.db.errors import DatabaseUnavailableError
from resolvers.core.context import RequestContext
from schema.engine.documents import Document
from schema.engine.limit_check import LimitExceededError
from server.http.request_parsing import GraphQLRequest

log = structlog.get_logger()


def overdue() -> ExecutionResult:
    """Return the result of an operation that was stopped at its deadline."""
    message = (
        "This took too long and was stopped. Ask for less at once, or try again shortly; "
        "after a mutation, look first whether it was done."
    )
    return ExecutionResult(None, [GraphQLError(message, extensions={"code": "TIMEOUT"})])


async def run_operation(
    schema: GraphQLSchema, document: Document, request: GraphQLRequest, context: RequestContext
) -> ExecutionResult:
    """Return the result, from compiled code if possible, otherwise from graphql-core."""
    operation = document.compilable_operation(schema, request.operation_name)
    if operation is None:
        return await _by_reference(schema, document, request, context)
    answer = None
    try:
        answer = operation.answer(context, request.variables, document.bounds)
        if answer is not None:
            return ExecutionResult(await answer.data, answer.refusals)
    except LimitExceededError as error:
        return ExecutionResult(None, [error])
    except Exception as fault:
        # Otherwise graphql-core, given cached data, might report another of several faults first.
        context.forget_loaded()
        result = await _by_reference(schema, document, request, context)
        # A short outage of the database is not a fault of the compiler.
        if not result.errors and not isinstance(fault, DatabaseUnavailableError):
            source = answer and answer.query.source_to_log()
            log.exception("compiled query failed", request_id=context.request_id, source=source, exc_info=fault)
        return result
    return await _by_reference(schema, document, request, context)


async def _by_reference(
    schema: GraphQLSchema, document: Document, request: GraphQLRequest, context: RequestContext
) -> ExecutionResult:
    result = execute(
        schema,
        document.node,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        executor_class=Executor,
        is_awaitable=is_awaitable,
        hide_suggestions=document.hides_suggestions,
    )
    return result if isinstance(result, ExecutionResult) else await result


def is_awaitable(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Return whether a resolver's value must be awaited; called for every field, so it checks no more than this."""
    return isinstance(value, CoroutineType | asyncio.Future)
