"""What every transport serves: one schema, its documents, and the rules of who may ask from where."""

from dataclasses import dataclass

from graphql import GraphQLSchema

from schema.documents import Document, Documents
from server.browser_rules import BrowserRules
from server.graphql_request import GraphQLRequest
from server.settings import Settings
from server.trusted_documents import TrustedDocuments


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

    def document(self, request: GraphQLRequest) -> Document:
        """Return the document that a request asks for; raises RefusedRequestError when it may not run here."""
        return self.documents.get(self.trusted.text(request.document_id, request.query))
