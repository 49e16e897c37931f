"""One call of a mutation: runs its use case in one transaction and renders its refusals."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import OrganizationPermission
from models.db.query import Row
from models.organization import Organization
from resolvers.core.context import RequestContext
from usecases.gate import Gate, Result, UseCase
from usecases.idempotency import KeyedCall, claim, keep_result
from usecases.organization.acting import OrganizationOutOfReachError, acting_in, no_accounts
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.texts import text

UserError: TypeAlias = dict[str, Any]


class UndeclaredRefusalError(Exception):
    """A use case refused with a code that the declaration of its mutation does not name."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Organization of a mutation's rule; the permission is None if the rule admits the viewer otherwise."""

    organization_id: UUID
    permission: OrganizationPermission | None
    path: tuple[str, ...]  # of the id in the input


@dataclass(slots=True)
class Answer:
    """Row of a payload: the result of the use case, or the reasons of its refusal."""

    result: Any = None
    user_errors: list[UserError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ResultWithReasons:
    """A result with user errors whose transaction was committed; the use case writes its own audit record."""

    result: Any
    reasons: list[Refusal]


@dataclass(slots=True, kw_only=True)
class MutationCall(Gate):
    """One mutation as it is called: by whom, on what, and what it may answer."""

    context: RequestContext
    refuses: frozenset[RefusalCode]
    acting: Acting | None = None
    locks: Callable[[AsyncSession], Awaitable[Collection[UUID]]] = no_accounts
    organization: Organization | None = None  # locked while the use case runs
    key: KeyedCall | None = None
    result_type: Any = Any  # type of a result that is stored under the idempotency key

    async def fetch(self, statement: Executable, **parameters: Any) -> list[Row]:
        """Run one read on the request's own connection, if it has one."""
        return await self.context.fetch(statement, **parameters)

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction, after which the request loads everything again."""
        return self.context.transaction()

    async def within(self, db: AsyncSession, use_case: UseCase[Result]) -> Result:
        """Run a use case for the locked organization; a call with a key that was done already keeps its result."""
        now = self.clock()
        if self.acting is not None:
            await self._act_in(db, self.acting)
        if self.key is None:
            return await use_case(db, self.actor, now)
        done = await claim(db, self.key, now)
        if done is not None:
            restored: Result = msgspec.convert(done.result, self.result_type)
            return restored
        result = await use_case(db, self.actor, now)
        await keep_result(db, self.key, msgspec.to_builtins(result))
        return result

    async def _act_in(self, db: AsyncSession, acting: Acting) -> None:
        locked = await self.locks(db)
        try:
            self.organization = await acting_in(db, self.actor, acting.organization_id, acting.permission, locked)
        except OrganizationOutOfReachError:
            raise RefusedError([out_of_reach(acting.path)]) from None

    async def answer(self, work: Callable[[], Awaitable[Any]]) -> Answer:
        """Return the answer of a resolver that calls `run`; a refusal is recorded before it is answered."""
        try:
            result = await self.attempt(work)
        except RefusedError as refused:
            return Answer(user_errors=self._told(refused.refusals))
        if isinstance(result, ResultWithReasons):
            return Answer(result.result, self._told(result.reasons))
        return Answer(result)

    async def refused(self, refusals: list[Refusal]) -> Answer:
        """Record a refusal, which changed nothing, and return its answer."""
        await self.record_refusal(refusals)
        return Answer(user_errors=self._told(refusals))

    async def record_refusal(self, refusals: list[Refusal]) -> None:
        """Write the audit record of a refusal; one that is not declared is a fault and leaves none."""
        self._require_declared(refusals)
        await Gate.record_refusal(self, refusals)

    def _told(self, refusals: list[Refusal]) -> list[UserError]:
        self._require_declared(refusals)
        return [localized(self.context, refusal) for refusal in refusals]

    def _require_declared(self, refusals: list[Refusal]) -> None:
        undeclared = {refusal.code for refusal in refusals} - self.refuses
        if undeclared:
            raise UndeclaredRefusalError(f"{self.action} does not declare {', '.join(sorted(undeclared))}")


def out_of_reach(path: tuple[str, ...]) -> Refusal:
    """Return the refusal for an id that names no object or an object hidden from the viewer."""
    return Refusal(RefusalCode.NOT_FOUND, "NOT_FOUND", path)


def localized(context: RequestContext, refusal: Refusal) -> UserError:
    """Return a refusal as a row: message in the viewer's language, path in the arguments, data."""
    data = refusal.data
    return {
        "node_type": f"{type(data).__name__}Error" if data is not None else "PlainError",
        "code": refusal.code,
        "field": ("input", *refusal.field) if refusal.field else (),
        "message": text(context.language, refusal.text, refusal.facts),
        **({part.name: getattr(data, part.name) for part in fields(data)} if data is not None else {}),
    }
