"""Gate: the way of one action into the system, the same for a mutation, a form, or OpenID Connect.

Most use cases are one transaction and take a session. Some count attempts, check a password, or read before it, because
none of that may happen while a transaction is open. They take a gate instead. So the order stands in the use case, and
no door can leave a step out.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from auth.rate_limiter import Bucket, RateLimitedError, RateLimiter
from models.audit import AuditResult
from models.db import query
from models.values.email import EmailAddress
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import Refusal, RefusedError
from usecases.resources import Resources

log = structlog.get_logger()

Result = TypeVar("Result")
UseCase: TypeAlias = Callable[[AsyncSession, Actor, datetime], Awaitable[Result]]  # the time is that of the action


@dataclass(slots=True, kw_only=True)
class Gate:
    """One action: who asks for it, and what it may use around its transaction.

    A door makes one for each action and calls `attempt` with the use case. `subject_id` is the account that a refusal
    is recorded of; a use case that finds the account sets it before `run`.
    """

    action: Action | None  # None: a refusal leaves no record
    actor: Actor
    resources: Resources
    clock: Callable[[], datetime]
    subject_id: UUID | None = None
    organization_id: UUID | None = None

    async def attempt(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do the action and return its result; a refusal is recorded on its own and raised again."""
        try:
            return await work()
        except RefusedError as refused:
            await self.record_refusal(refused.refusals)
            raise

    async def limit(self, *buckets: Bucket) -> None:
        """Count an attempt in each bucket; raises RateLimitedError at the first that is full."""
        await count_attempt(self.resources.rate_limiter, self.actor.request_id, *buckets)

    async def limit_mail(self, address: EmailAddress) -> None:
        """Count a message to a mailbox, whether one is sent or not; raises RateLimitedError.

        Called in `run` after the input was read and before the first statement. So a mistake in a form uses up no
        messages, and a slow store delays no transaction: the database begins one with its first statement. No rollback
        takes the count back (B43).
        """
        await self.limit(Bucket.mail_to_from(address.key, self.actor.address), Bucket.mail_to(address.key))

    async def fetch(self, statement: Executable, **parameters: Any) -> list[query.Row]:
        """Run one read outside of any transaction; see `models.db.query.fetch`."""
        return await query.fetch(self.resources.pool, statement, **parameters)

    async def run(self, use_case: UseCase[Result]) -> Result:
        """Run a use case in the one transaction of the action and return its result; RefusedError rolls back."""
        async with self.transaction() as db:
            return await self.within(db, use_case)

    async def within(self, db: AsyncSession, use_case: UseCase[Result]) -> Result:
        """Run a use case in a transaction that is open; a door that does more there overrides this."""
        return await use_case(db, self.actor, self.clock())

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction; see `Resources.transaction`."""
        return self.resources.transaction()

    async def record_refusal(self, refusals: list[Refusal]) -> None:
        """Write the audit record of a refusal, which changed nothing, in a transaction of its own."""
        if self.action is None:
            return
        reasons = [refusal.code + "".join(f" {name}" for name in refusal.field) for refusal in refusals]
        record = AuditRecord(
            self.action, self.subject_id, self.organization_id, AuditResult.REFUSED, {"reasons": reasons}
        )
        async with self.transaction() as db:
            write_audit(db, self.actor, record)


async def count_attempt(rate_limiter: RateLimiter, request_id: str | None, *buckets: Bucket) -> None:
    """Count an attempt in each bucket; raises RateLimitedError at the first that is full.

    That is in the log and not in the audit: nothing was tried, and the refused caller could fill the audit for ever.
    """
    try:
        await rate_limiter.attempt(*buckets)
    except RateLimitedError as error:
        log.warning("rate limited", request_id=request_id, bucket=error.kind)
        raise
