"""Typed HTTP request, made once by the middleware; also the handshake of a WebSocket."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Scope

from auth.viewer import Viewer
from resolvers.core.context import RequestContext
from resolvers.core.cookies import Cookies
from server.http.content_negotiation import language_for
from server.http.headers import combined
from server.http.request_record import RequestRecord
from usecases.resources import Resources

_KEY = "omaposti.request"  # ASGI has no other place to pass data from a middleware to the application


@dataclass(slots=True)
class HttpRequest:
    """A request read from its ASGI scope, with its log record."""

    method: str
    query_string: bytes
    headers: Mapping[str, str]  # by lower-case name
    address: str | None  # of the caller, as trusted proxies report it
    port: int | None  # the one we listen on
    resources: Resources  # shared by all requests of this server
    record: RequestRecord

    @classmethod
    def read(cls, scope: Scope) -> "HttpRequest":
        """Read a request from its scope, and begin its record."""
        method, client, server = scope.get("method", "WEBSOCKET"), scope.get("client"), scope.get("server")
        return cls(
            method,
            scope["query_string"],
            combined(scope["headers"]),
            client[0] if client else None,
            server[1] if server else None,
            scope["app"].state.resources,
            RequestRecord(method, scope["path"]),
        )

    @classmethod
    def begin(cls, scope: Scope) -> "HttpRequest":
        """Read a request and keep it in the scope for `of`."""
        request = scope[_KEY] = cls.read(scope)
        return request

    @classmethod
    def of(cls, scope: Scope) -> "HttpRequest":
        """Return the request that the middleware has read."""
        request: HttpRequest = scope[_KEY]
        return request

    def context(self, viewer: Viewer, cookies: Cookies) -> RequestContext:
        """Return the context of a viewer's operation, and record whether the viewer is signed in."""
        self.record.signed_in = viewer.signed_in
        return RequestContext(
            self.resources,
            viewer,
            self.record.request_id,
            self.address,
            language_for(self.headers.get("accept-language", ""), viewer),
            self.headers.get("user-agent"),
            cookies,
        )
