"""Rate limits as the API tells of them: a top-level error with the seconds until the next attempt."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from graphql import GraphQLError

from auth.rate_limiter import Bucket, RateLimitedError
from resolvers.core.context import RequestContext
from usecases.gate import count_attempt
from usecases.texts import text


class RateLimit(StrEnum):
    """Bucket that the calls of a mutation share, counted before any read."""

    OPERATION = "OPERATION"  # the mutation and the subscriber's address
    REFRESH = "REFRESH"  # the subscriber's address; whole mobile networks share one


@contextmanager
def rate_limit_errors(context: RequestContext) -> Iterator[None]:
    """Raise a RateLimitedError of the block as GraphQLError RATE_LIMITED with `retryAfter` seconds."""
    try:
        yield
    except RateLimitedError as error:
        message = text(context.language, "RATE_LIMITED", {"minutes": math.ceil(error.retry_after / 60)})
        extensions = {"code": "RATE_LIMITED", "retryAfter": error.retry_after}
        raise GraphQLError(message, extensions=extensions) from None


async def limit_operation(context: RequestContext, operation: str) -> None:
    """Count a request of its kind from where it comes; raises RateLimitedError."""
    await _count(context, Bucket.operation(operation, context.address))


async def count_call(context: RequestContext, limit: RateLimit, mutation: str) -> None:
    """Count a call of a mutation; raises RateLimitedError."""
    if limit is RateLimit.REFRESH:
        await _count(context, Bucket.refresh(context.address))
    else:
        await limit_operation(context, mutation)


async def _count(context: RequestContext, bucket: Bucket) -> None:
    await count_attempt(context.resources.rate_limiter, context.request_id, bucket)
