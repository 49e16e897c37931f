"""What every transport serves: one schema, its documents, and the rules of who may ask from where."""

from dataclasses import dataclass

from graphql import GraphQLSchema

from auth.rate_limiter import Bucket, RateLimitedError
from schema.engine.documents import Document, Documents
from server.config.settings import Settings
from server.http.csrf import BrowserRules
from server.http.persisted_documents import TrustedDocuments
from server.http.request import HttpRequest
from server.http.request_parsing import GraphQLRequest
from server.http.responses import rate_limited

_TOO_MANY = "Too many new documents from this address; send the same ones with variables, and this one later."


@dataclass(frozen=True, slots=True)
class Api:
    """One schema as it is served; a document costs and is allowed the same by whatever transport it comes."""

    schema: GraphQLSchema
    settings: Settings
    rules: BrowserRules
    documents: Documents
    trusted: TrustedDocuments

    @classmethod
    def of(cls, schema: GraphQLSchema, settings: Settings) -> "Api":
        """Return the API that the settings make of a schema; raises ManifestError."""
        documents = Documents(
            schema,
            introspection=settings.introspection,
            compiles=settings.compile_documents,
            limits=settings.limits,
        )
        trusted = TrustedDocuments.read(settings.trusted_documents, only=settings.trusted_documents_only)
        trusted.require_valid(documents)
        return cls(schema, settings, BrowserRules.of(settings), documents, trusted)

    def known(self, graphql: GraphQLRequest) -> Document | None:
        """Return the document that a request asks for if it has been read; raises RequestError like `read`."""
        return self.documents.known(self.trusted.text(graphql.document_id, graphql.query))

    async def read(self, graphql: GraphQLRequest, request: HttpRequest) -> Document:
        """Return the document that a request asks for; raises RequestError when it may not run here.

        Reading a document costs more than anything else that a stranger can ask for: it is rate-limited by address.
        """
        text = self.trusted.text(graphql.document_id, graphql.query)
        if not self.trusted.has(text):
            try:
                await request.resources.rate_limiter.attempt(Bucket.document(request.address))
            except RateLimitedError as error:
                raise rate_limited(_TOO_MANY, error.retry_after) from None
        return self.documents.get(text)
