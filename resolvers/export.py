"""`accountExport`: a copy of all data kept about the viewer."""

from models.audit import AuditResult
from resolvers.audit import sentence
from resolvers.core.mutation_call import MutationCall
from usecases.account.export import Document, export_account


async def make(call: MutationCall) -> Document:
    """Return the copy; its audit history is in the language of the request."""
    language = call.context.language

    def in_words(action: str, result: AuditResult) -> str:
        return sentence(language, action, result)

    return await call.run(lambda db, actor, now: export_account(db, actor, in_words, now=now))
