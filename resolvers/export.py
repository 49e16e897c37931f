"""A copy of everything we keep about the viewer."""

from models.audit import AuditResult
from resolvers.audit import sentence
from resolvers.core.mutation_call import MutationCall
from usecases.account.export import Document, export_account


async def make(call: MutationCall) -> Document:
    """Make the copy; what happened is told in it in the language of the request."""
    language = call.context.language

    def in_words(action: str, result: AuditResult) -> str:
        return sentence(language, action, result)

    return await call.run(lambda db, actor, now: export_account(db, actor, in_words, now=now))
