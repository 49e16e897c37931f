"""Rate limits of requests: counted before any read, refused with the time until the next attempt."""

import math
from enum import StrEnum

import structlog
from graphql import GraphQLError

from auth.rate_limiter import Bucket, RateLimitedError
from models.values.email import EmailAddress, parse_email
from models.values.refusal import InvalidValue
from resolvers.core.context import RequestContext
from usecases.texts import text

log = structlog.get_logger()


async def rate_limit(context: RequestContext, *buckets: Bucket) -> None:
    """Count an attempt in each bucket; raises GraphQLError RATE_LIMITED with `retryAfter` seconds if one is full.

    A refusal is logged but not audited: it tried nothing, and a caller could otherwise fill the audit table.
    """
    try:
        await context.resources.rate_limiter.attempt(*buckets)
    except RateLimitedError as error:
        log.warning("rate limited", request_id=context.request_id, bucket=error.kind)
        message = text(context.language, "RATE_LIMITED", {"minutes": math.ceil(error.retry_after / 60)})
        extensions = {"code": "RATE_LIMITED", "retryAfter": error.retry_after}
        raise GraphQLError(message, extensions=extensions) from None


async def rate_limit_mail(context: RequestContext, address: EmailAddress) -> None:
    """Count a message to a mailbox, sent or not; see `rate_limit`.

    Call it inside the action, after the input is validated and before the first statement. An invalid form then uses up
    no messages, and a refused message costs no statement. A slow rate limit store holds no transaction open, because
    the database has begun none yet. A rollback does not take the count back (B43).
    """
    key = address.key
    await rate_limit(context, Bucket.mail_to_from(key, context.address), Bucket.mail_to(key))


async def rate_limit_operation(context: RequestContext, operation: str) -> None:
    """Count a call of an operation from the caller's address; see `rate_limit`."""
    await rate_limit(context, Bucket.operation(operation, context.address))


class RateLimit(StrEnum):
    """Bucket that the calls of a mutation share, counted before any read."""

    OPERATION = "OPERATION"  # the mutation and the subscriber's address
    REFRESH = "REFRESH"  # the subscriber's address; whole mobile networks share one


async def count_call(context: RequestContext, limit: RateLimit, mutation: str) -> None:
    """Count a call of a mutation; see `rate_limit`."""
    if limit is RateLimit.REFRESH:
        await rate_limit(context, Bucket.refresh(context.address))
    else:
        await rate_limit_operation(context, mutation)


def key_of(email: str) -> str:
    """Return the key that counts attempts at an address; text that is no address is counted as it is."""
    try:
        return parse_email(email).key
    except InvalidValue:
        return email[:254].strip().casefold()
