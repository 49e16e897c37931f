"""Authentication of a request: by bearer token, else by session cookie, else anonymous."""

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
    """Credentials that a request offers; a bearer token takes precedence over a cookie."""

    authorization: str | None
    cookie: str | None
    cookie_refusal: CookieRefusal | None
    nobody: Nobody = NOBODY  # the viewer of a request without credentials
    device: str | None = None  # the browser's device secret; it recognises a device but signs nobody in

    async def viewer(self, pool: ConnectionSource) -> Viewer:
        """Return the viewer by one read, or `nobody` without credentials.

        A cookie of an ended session counts as none, because a browser cannot help sending it. An invalid token is an
        error: to an app, an anonymous answer would look like an empty account. Raises RequestError for a bad token,
        DatabaseUnavailableError when the database is away.
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
        """Return the cookies that the response sets so far: it clears the cookie of an ended session."""
        ended = self.cookie is not None and not viewer.signed_in
        return Cookies(self.cookie_refusal, self.device, clears_session=ended)


def _refresh() -> RequestError:
    challenge = _challenge("The access token expired or was replaced; refresh it")
    return RequestError(401, TOKEN_EXPIRED, _REFRESH, challenge)


def _sign_in_again() -> RequestError:
    challenge = _challenge("The access token is not valid; sign in again")
    return RequestError(401, "UNAUTHENTICATED", _SIGN_IN_AGAIN, challenge)


def _challenge(description: str) -> Headers:
    """Return the WWW-Authenticate header (RFC 6750, section 3); the description must not contain quotation marks."""
    return ((b"www-authenticate", f'Bearer error="invalid_token", error_description="{description}"'.encode()),)


def credentials_of_post(request: HttpRequest, rules: BrowserRules) -> Credentials:
    """Return the credentials of a POST; raises RequestError when its cookie may come from another site's page."""
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
    """Return the credentials of a GET: never its cookie, because any page can make a browser send a GET."""
    nobody = Nobody(cookie_refusal=COOKIE_IN_GET) if COOKIE in sent_cookies(request.headers) else NOBODY
    return Credentials(request.headers.get("authorization"), None, COOKIE_IN_GET, nobody)


def credentials_of_socket(request: HttpRequest) -> Credentials:
    """Return the credentials of an accepted handshake; later messages cannot bring a cookie."""
    headers = request.headers
    cookie = sent_cookies(headers).get(COOKIE)
    nobody = _nobody(COOKIE_NOT_SENT if cookie is None and is_of_another_host(headers) else None)
    return Credentials(headers.get("authorization"), cookie, COOKIE_ON_SOCKET, nobody)


def _nobody(refusal: CookieRefusal | None) -> Nobody:
    """Return the anonymous viewer; one whose cookie was refused learns the reason from it."""
    return NOBODY if refusal is None or refusal is CLIENT_HEADER_MISSING else Nobody(cookie_refusal=refusal)
