"""Who sends a request: the viewer behind its bearer token, else behind its session cookie, else nobody."""

from dataclasses import dataclass

from auth.authentication import authenticate, refresh_mends
from auth.tokens import TokenKind
from auth.viewer import NOBODY, CookieRefusal, Nobody, Viewer
from models.db.pool import ConnectionSource
from resolvers.core.cookies import Cookies
from server.http.cookies import COOKIE, DEVICE_COOKIE, sent_cookies
from server.http.csrf import (
    CLIENT_HEADER_MISSING,
    COOKIE_IN_GET,
    COOKIE_NOT_SENT,
    COOKIE_ON_SOCKET,
    BrowserRules,
    is_of_another_host,
)
from server.http.request import HttpRequest
from server.http.responses import Headers, RequestError

TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a code
_REFRESH = (
    "This access token has expired, or a newer one has replaced it; send the newest, "
    "or exchange the newest refresh token by `sessionRefresh`, sent without `Authorization`."
)
_SIGN_IN_AGAIN = "This access token is not valid, or no longer; sign in again and send `Authorization: Bearer acc_…`."


@dataclass(slots=True)
class Credentials:
    """What a request offers as proof of who sends it; a bearer token goes before a cookie."""

    authorization: str | None
    cookie: str | None
    cookie_refusal: CookieRefusal | None
    nobody: Nobody = NOBODY  # the viewer of a request that offers nothing
    device: str | None = None  # the secret of the browser; it recognises a device and opens nothing

    async def viewer(self, pool: ConnectionSource) -> Viewer:
        """Return the viewer by one read, or `nobody` when nothing is offered.

        The session of a cookie may have ended: that is nobody, because a browser cannot help sending it. Who presents a
        token means to be somebody: to be answered as nobody would look to an app like an empty account. Raises
        RequestError for a bad token, DatabaseUnavailableError when the database is away.
        """
        if self.authorization is None:
            return await authenticate(pool, TokenKind.COOKIE, self.cookie) if self.cookie is not None else self.nobody
        scheme, _, secret = self.authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _sign_in_again()
        viewer = await authenticate(pool, TokenKind.ACCESS, secret.strip())
        if not isinstance(viewer, Nobody):
            return viewer
        raise _refresh() if await refresh_mends(pool, secret.strip()) else _sign_in_again()

    def cookies(self, viewer: Viewer) -> Cookies:
        """Return the cookies that the response sets so far: that of a session which has ended is cleared."""
        ended = self.cookie is not None and not viewer.signed_in
        return Cookies(self.cookie_refusal, self.device, clears_session=ended)


def _refresh() -> RequestError:
    challenge = _challenge("The access token expired or was replaced; refresh it")
    return RequestError(401, TOKEN_EXPIRED, _REFRESH, challenge)


def _sign_in_again() -> RequestError:
    challenge = _challenge("The access token is not valid; sign in again")
    return RequestError(401, "UNAUTHENTICATED", _SIGN_IN_AGAIN, challenge)


def _challenge(description: str) -> Headers:
    """Return the header of RFC 6750, section 3; the description may hold no quotation mark."""
    return ((b"www-authenticate", f'Bearer error="invalid_token", error_description="{description}"'.encode()),)


def credentials_of_post(request: HttpRequest, rules: BrowserRules) -> Credentials:
    """Return what a POST offers; raises RequestError when its cookie may come from another site's page."""
    headers = request.headers
    authorization, sent = headers.get("authorization"), sent_cookies(headers)
    cookie = sent.get(COOKIE) if authorization is None else None
    violation = rules.violation(headers, request.port)
    if violation is None:
        return Credentials(authorization, cookie, None, device=sent.get(DEVICE_COOKIE))
    if cookie is not None:
        raise RequestError(403, violation.code, violation.message)
    return Credentials(authorization, None, violation, _nobody(violation))


def credentials_of_get(request: HttpRequest) -> Credentials:
    """Return what a GET offers: never its cookie, which any page can make a browser send."""
    nobody = Nobody(cookie_refusal=COOKIE_IN_GET) if COOKIE in sent_cookies(request.headers) else NOBODY
    return Credentials(request.headers.get("authorization"), None, COOKIE_IN_GET, nobody)


def credentials_of_socket(request: HttpRequest) -> Credentials:
    """Return what a handshake offers that has kept the rules; no message over a socket can bring a cookie."""
    headers = request.headers
    cookie = sent_cookies(headers).get(COOKIE)
    nobody = _nobody(COOKIE_NOT_SENT if cookie is None and is_of_another_host(headers) else None)
    return Credentials(headers.get("authorization"), cookie, COOKIE_ON_SOCKET, nobody)


def _nobody(refusal: CookieRefusal | None) -> Nobody:
    """Return nobody, who is told why if it is a page that means to be somebody by its cookie."""
    return NOBODY if refusal is None or refusal is CLIENT_HEADER_MISSING else Nobody(cookie_refusal=refusal)
