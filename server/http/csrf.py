"""Protection from other sites that act through a visitor's session cookie (OWASP CSRF Prevention Cheat Sheet).

Three conditions hold for a request that carries or would receive the cookie. It has a header that HTML forms cannot
send, an allowed origin, and no cross-site Sec-Fetch-Site. The request's own Host is never trusted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from auth.viewer import CookieRefusal
from server.config.settings import Settings
from server.http.cookies import COOKIE, sent_cookies

CLIENT_HEADER = "x-omaposti-client"
# Request headers allowed to other origins by CORS; HTTP tools add some of their own.
ACCEPTED_HEADERS = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "X-OmaPosti-Client",
    "X-Request-Id",
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "graphql-client-name",
    "graphql-client-version",
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
)
LONGEST_ORIGIN = 100  # characters of the origin that the message repeats
_OR_TOKEN = "or sign in with transport TOKEN"  # noqa: S105 - text of a message
_ALLOW_ORIGIN = "Add the origin to OMAPOSTI_ALLOWED_ORIGINS"
CROSS_SITE = CookieRefusal(
    "CROSS_SITE_REQUEST",
    "The browser marks this request as cross-site, so it carries no session cookie and may get none. "
    f"Open the page under the same host name as this server (localhost and 127.0.0.1 differ), {_OR_TOKEN}.",
)
CLIENT_HEADER_MISSING = CookieRefusal(
    "CLIENT_HEADER_MISSING",
    f"The session cookie counts only beside the header X-OmaPosti-Client. Add it with any value, {_OR_TOKEN}.",
)
COOKIE_IN_GET = CookieRefusal(
    "COOKIE_NEEDS_POST", f"The session cookie does not count in a GET. Send this by POST, {_OR_TOKEN}."
)
COOKIE_ON_SOCKET = CookieRefusal(
    "COOKIE_NEEDS_POST", f"No message on a socket can set the session cookie. Sign in by POST, {_OR_TOKEN}."
)
COOKIE_NOT_SENT = CookieRefusal(
    "COOKIE_NOT_SENT",
    "No session cookie came with the handshake, as from a page of another site. Open the page under the same host name "
    "as this server (localhost and 127.0.0.1 differ), or send a token.",
)
ORIGIN_MISSING = CookieRefusal(
    "ORIGIN_MISSING", "A handshake with the session cookie must name its Origin. Add the header, or send a token."
)

_PORT = re.compile(r":[0-9]*\Z")


@dataclass(frozen=True, slots=True)
class BrowserRules:
    """Origins that may act through the cookie; in development also our own address."""

    origins: frozenset[str]
    own_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "BrowserRules":
        """Return the rules of the settings."""
        development = settings.environment == "development"
        return cls(settings.allowed_origins, (settings.host, "localhost", "127.0.0.1") if development else ())

    def violation(self, headers: Mapping[str, str], port: int | None) -> CookieRefusal | None:
        """Return the reason why a request may not use the cookie, or None; `port` is the one we listen on.

        Faults that no header can correct come first.
        """
        if headers.get("sec-fetch-site") == "cross-site":
            return CROSS_SITE
        origin = headers.get("origin")
        if origin is not None and not self._knows(origin, port):
            return _origin_refused(origin, f"use the session cookie. {_ALLOW_ORIGIN}, {_OR_TOKEN}.")
        return None if headers.get(CLIENT_HEADER, "").strip() else CLIENT_HEADER_MISSING

    def socket_violation(self, headers: Mapping[str, str], port: int | None) -> CookieRefusal | None:
        """Return the reason to refuse a handshake: other sites' pages may open sockets, with cookies and without CORS.

        A page cannot set headers here, but its browser always sends Origin. A client without Origin is not a browser
        and has no use for a cookie.
        """
        origin = headers.get("origin")
        with_cookie = COOKIE in sent_cookies(headers)
        if with_cookie and headers.get("sec-fetch-site") == "cross-site":
            return CROSS_SITE
        if origin is None:
            return ORIGIN_MISSING if with_cookie else None
        return None if self._knows(origin, port) else _origin_refused(origin, f"open sockets. {_ALLOW_ORIGIN}.")

    def _knows(self, origin: str, port: int | None) -> bool:
        return origin in self.origins or origin in {f"http://{host}:{port}" for host in self.own_hosts}


def is_of_another_host(headers: Mapping[str, str]) -> bool:
    """Return whether page and request differ in host name; only for explanations, because Host proves nothing."""
    origin, host = headers.get("origin"), headers.get("host", "")
    return origin is not None and _without_port(origin.partition("://")[2]) != _without_port(host)


def _without_port(authority: str) -> str:
    return _PORT.sub("", authority).lower()


def _origin_refused(origin: str, what: str) -> CookieRefusal:
    return CookieRefusal("ORIGIN_NOT_ALLOWED", f"Pages of {origin[:LONGEST_ORIGIN]} may not {what}")
