"""`accountExport`: a copy of all data kept about the viewer."""

from resolvers.audit import sentence
from resolvers.core.mutation_call import MutationCall
from usecases.account.export import Document, export_account


async def make(call: MutationCall) -> Document:
    """Return the copy; its audit history is in the language of the request."""
    language = call.context.language
    return await call.run(
        lambda db, actor: export_account(db, actor, lambda action, result: sentence(language, action, result))
    )
