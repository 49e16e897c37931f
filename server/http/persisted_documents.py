"""Persisted documents, requested by their hash; a deployment may run these only.

A request has `documentId` in place of `query` (GraphQL-over-HTTP specification, appendix A).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from server.config.errors import ManifestError
from server.http.responses import RequestError
from usecases.regular_file import read_regular

if TYPE_CHECKING:
    from schema.engine.documents import Documents

PREFIX = "sha256:"
LARGEST = 100_000_000  # bytes of a manifest; a large front end has a few thousand documents


class TrustedDocuments:
    """Registered documents by id: `sha256:` and the hash of the text in lower-case hexadecimal."""

    def __init__(self, texts: Mapping[str, str] = MappingProxyType({}), *, only: bool = False) -> None:
        self._texts = texts
        self._trusted = frozenset(texts.values())
        self._only = only

    @classmethod
    def read(cls, manifest: Path | None, *, only: bool = False) -> "TrustedDocuments":
        """Read a manifest, a JSON object of hash to text; raises ManifestError when a hash does not match its text."""
        if manifest is None:
            if only:
                raise ManifestError("OMAPOSTI_TRUSTED_DOCUMENTS_ONLY=1 needs OMAPOSTI_TRUSTED_DOCUMENTS, the manifest")
            return cls()
        try:
            entries = orjson.loads(read_regular(manifest, LARGEST))
        except OSError as error:
            raise ManifestError(
                f"{manifest} cannot be read ({error.strerror}); correct OMAPOSTI_TRUSTED_DOCUMENTS"
            ) from error
        except orjson.JSONDecodeError as error:
            raise ManifestError(f"{manifest.name} cannot be read as JSON: {error}; make the manifest again") from error
        if not isinstance(entries, dict):
            raise ManifestError(f"{manifest.name} must be one JSON object of hash to document text")
        return cls(dict(_entry(manifest.name, key, text) for key, text in entries.items()), only=only)

    def require_valid(self, documents: "Documents") -> None:
        """Raise ManifestError for a registered document that is invalid, at the start instead of with its first
        request.
        """
        for document_id, text in self._texts.items():
            errors = documents.get(text).errors
            if errors:
                raise ManifestError(
                    f"the document {document_id} cannot run: {errors[0].message} Mend or unregister it."
                )

    def has(self, text: str) -> bool:
        """Return whether the text is that of a registered document."""
        return text in self._trusted

    def text(self, document_id: str | None, query: str | None) -> str:
        """Return the text of a request, sent in full or by id; raises RequestError."""
        if document_id is not None:
            return self._registered(document_id)
        assert query is not None
        if self._only and not self.has(query):
            message = "Only registered documents run here; register this one, or send the documentId of one that is."
            raise RequestError(400, "DOCUMENT_NOT_TRUSTED", message)
        return query

    def _registered(self, document_id: str) -> str:
        text = self._texts.get(document_id)
        if text is None:
            message = "No document is registered under this documentId; register it, or send its text as query."
            raise RequestError(400, "DOCUMENT_NOT_FOUND", message)
        return text


def document_id_of(text: str) -> str:
    """Return the id of a document."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def _entry(name: str, key: str, text: object) -> tuple[str, str]:
    document_id = key if key.startswith(PREFIX) else PREFIX + key
    if not isinstance(text, str) or document_id_of(text) != document_id:
        raise ManifestError(f"{name}: {key} is not the SHA-256 of its document; make the manifest again")
    return document_id, text
