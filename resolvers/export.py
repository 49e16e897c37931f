"""A copy of everything we keep about the viewer."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from resolvers.audit import sentence
from resolvers.core.context import RequestContext
from resolvers.core.mutations import Outcome, attempt
from usecases.account.export import Document, export_account


@dataclass(slots=True)
class AccountExported(Outcome):
    """The copy, if it was made."""

    document: Document | None = None


async def make(context: RequestContext) -> AccountExported:
    """Make the copy; what happened is told in it in the language of the request."""
    made: list[Document] = []

    async def deed(session: AsyncSession) -> None:
        made.append(
            await export_account(
                session, context.author, lambda action, result: sentence(context.language, action, result)
            )
        )

    refusals = await attempt(context, "account.export", context.viewer.account_id, deed)
    return AccountExported(refusals) if refusals else AccountExported(document=made[0])
