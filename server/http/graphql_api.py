"""One served schema, for all transports: its documents and the rules for browsers."""

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
    """A schema as it is served; cost and limits of a document are the same on each transport."""

    schema: GraphQLSchema
    settings: Settings
    rules: BrowserRules
    documents: Documents
    trusted: TrustedDocuments

    @classmethod
    def of(cls, schema: GraphQLSchema, settings: Settings) -> "Api":
        """Return the API of a schema under the settings; raises ManifestError."""
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
        """Return the cached document of a request, or None; raises RequestError like `read`."""
        return self.documents.known(self.trusted.text(graphql.document_id, graphql.query))

    async def read(self, graphql: GraphQLRequest, request: HttpRequest) -> Document:
        """Return the document of a request; raises RequestError when it may not run here.

        Reading is the most expensive work that a stranger can cause, so it is rate-limited by address.
        """
        text = self.trusted.text(graphql.document_id, graphql.query)
        if not self.trusted.has(text):
            try:
                await request.resources.rate_limiter.attempt(Bucket.document(request.address))
            except RateLimitedError as error:
                raise rate_limited(_TOO_MANY, error.retry_after) from None
        return self.documents.get(text)
