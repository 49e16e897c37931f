"""A copy of everything we keep about the viewer."""

from resolvers.audit import sentence
from resolvers.core.mutation_call import MutationCall
from usecases.account.export import Document, export_account


async def make(call: MutationCall) -> Document:
    """Make the copy; what happened is told in it in the language of the request."""
    language = call.context.language
    return await call.run(
        lambda db, actor: export_account(db, actor, lambda action, result: sentence(language, action, result))
    )
