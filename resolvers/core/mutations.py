"""How a mutation runs its use case: one transaction, and a refusal that is audited on its own and told in words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from models.audit import AuditResult
from resolvers.core.context import RequestContext
from usecases.audit.deed import Deed, record
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.texts import text


@dataclass(frozen=True, slots=True)
class ToldRefusal:
    """A refusal with its message in the viewer's language."""

    code: RefusalCode
    field: tuple[str, ...]
    message: str


@dataclass(slots=True)
class Outcome:
    """What a mutation's payload reads; either it was done, or there are user errors."""

    user_errors: list[ToldRefusal] = field(default_factory=list)


async def attempt(
    context: RequestContext, action: str, subject_id: UUID | None, deed: Callable[[AsyncSession], Awaitable[None]]
) -> list[ToldRefusal]:
    """Run a deed in its own transaction and return why it was refused, if it was.

    A refused attempt changes nothing but the audit, where it is written on its own before the answer.
    """
    try:
        async with context.transaction() as session:
            await deed(session)
    except RefusedError as refused:
        reasons = [refusal.code + "".join(f" {name}" for name in refusal.field) for refusal in refused.refusals]
        async with context.transaction() as session:
            record(
                session,
                context.author,
                Deed(action, subject_id=subject_id, result=AuditResult.REFUSED, changes={"reasons": reasons}),
            )
        return [told(context, refusal) for refusal in refused.refusals]
    return []


def told(context: RequestContext, refusal: Refusal) -> ToldRefusal:
    """Return the refusal in the viewer's language."""
    return ToldRefusal(refusal.code, refusal.field, text(context.language, refusal.text, refusal.facts))
