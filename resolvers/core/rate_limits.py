"""Rate limits as requests meet them: counted before anything is looked at, and refused with when to come back."""

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
    """Count an attempt in each bucket; raises GraphQLError RATE_LIMITED with `retryAfter` seconds when one is full.

    It is in the log and not in the audit: nothing was tried, and whoever is refused could fill the audit for ever.
    """
    try:
        await context.resources.rate_limiter.attempt(*buckets)
    except RateLimitedError as error:
        log.warning("rate limited", request_id=context.request_id, bucket=error.kind)
        message = text(context.language, "RATE_LIMITED", {"minutes": math.ceil(error.retry_after / 60)})
        extensions = {"code": "RATE_LIMITED", "retryAfter": error.retry_after}
        raise GraphQLError(message, extensions=extensions) from None


async def rate_limit_mail(context: RequestContext, address: EmailAddress) -> None:
    """Count a message to a mailbox, whether one is sent or not; see `rate_limit`.

    Asked within the action between reading what is asked for and its first statement: what is wrong with a form uses up
    nobody's messages, a message too many costs the database nothing, and a store that is slow to answer holds up no
    transaction, because none has begun in the database by then. No rollback takes the count back (B43).
    """
    key = address.key
    await rate_limit(context, Bucket.mail_to_from(key, context.address), Bucket.mail_to(key))


async def rate_limit_operation(context: RequestContext, operation: str) -> None:
    """Count a request of its kind from where it comes; see `rate_limit`."""
    await rate_limit(context, Bucket.operation(operation, context.address))


class RateLimit(StrEnum):
    """The count that the calls of a mutation share, taken before anything is read."""

    OPERATION = "OPERATION"  # the mutation and the subscriber's address
    REFRESH = "REFRESH"  # the subscriber's address; whole mobile networks share one


async def count_call(context: RequestContext, limit: RateLimit, mutation: str) -> None:
    """Count a call of a mutation; see `rate_limit`."""
    if limit is RateLimit.REFRESH:
        await rate_limit(context, Bucket.refresh(context.address))
    else:
        await rate_limit_operation(context, mutation)


def key_of(email: str) -> str:
    """Return what attempts at an address are counted by; what is no address is counted as it is written."""
    try:
        return parse_email(email).key
    except InvalidValue:
        return email[:254].strip().casefold()
