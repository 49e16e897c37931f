"""One call of a mutation: runs its use case in one transaction and renders its refusals."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import OrganizationPermission
from models.audit import AuditResult
from models.organization import Organization
from resolvers.core.context import RequestContext
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.idempotency import KeyedCall, claim, keep_result
from usecases.organization.acting import OrganizationOutOfReachError, acting_in, no_accounts
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.texts import text

Result = TypeVar("Result")
UseCase: TypeAlias = Callable[[AsyncSession, Actor], Awaitable[Result]]
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


@dataclass(slots=True)
class MutationCall:
    """One call of a mutation: its context, its declaration, the organization and the account concerned.

    `subject_id` is the account that the audit record of a refusal names; a resolver that finds the account sets it
    before `run`.
    """

    context: RequestContext
    action: Action | None
    refuses: frozenset[RefusalCode]
    subject_id: UUID | None = None
    acting: Acting | None = None
    locks: Callable[[AsyncSession], Awaitable[Collection[UUID]]] = no_accounts
    organization: Organization | None = None  # locked while the use case runs
    key: KeyedCall | None = None
    result_type: Any = Any  # type of a result that is stored under the idempotency key

    async def run(self, use_case: UseCase[Result]) -> Result:
        """Run a use case in the one transaction and return its result; RefusedError rolls back."""
        async with self.context.transaction() as db:
            actor = self.context.actor
            if self.acting is not None:
                place, permission = self.acting.organization_id, self.acting.permission
                self.organization = await acting_in(db, actor, place, permission, await self.locks(db))
            return await use_case(db, actor) if self.key is None else await self._once_for_key(db, self.key, use_case)

    async def _once_for_key(self, db: AsyncSession, key: KeyedCall, use_case: UseCase[Result]) -> Result:
        """Return the stored result of the same key, or run the use case and store its result."""
        done = await claim(db, key)
        if done is not None:
            restored: Result = msgspec.convert(done.result, self.result_type)
            return restored
        result = await use_case(db, self.context.actor)
        await keep_result(db, key, msgspec.to_builtins(result))
        return result

    async def answer(self, work: Callable[[], Awaitable[Any]]) -> Answer:
        """Return the answer of a resolver that calls `run`; a refusal is audited in a transaction of its own."""
        try:
            result = await work()
        except RefusedError as refused:
            return await self.refused(refused.refusals)
        except OrganizationOutOfReachError:
            assert self.acting is not None
            return await self.refused([out_of_reach(self.acting.path)])
        if isinstance(result, ResultWithReasons):
            return Answer(result.result, self._told(result.reasons))
        return Answer(result)

    async def refused(self, refusals: list[Refusal]) -> Answer:
        """Write the audit record of a refusal, whose transaction was rolled back, and return its answer."""
        told = self._told(refusals)
        if self.action is not None:
            reasons = [refusal.code + "".join(f" {name}" for name in refusal.field) for refusal in refusals]
            organization_id = self.acting.organization_id if self.acting is not None else None
            action = AuditRecord(
                self.action, self.subject_id, organization_id, AuditResult.REFUSED, {"reasons": reasons}
            )
            async with self.context.transaction() as db:
                write_audit(db, self.context.actor, action)
        return Answer(user_errors=told)

    def _told(self, refusals: list[Refusal]) -> list[UserError]:
        undeclared = {refusal.code for refusal in refusals} - self.refuses
        if undeclared:
            raise UndeclaredRefusalError(f"{self.action} does not declare {', '.join(sorted(undeclared))}")
        return [localized(self.context, refusal) for refusal in refusals]


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
