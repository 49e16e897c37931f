"""Who sends a request: the viewer behind its bearer token, else behind its session cookie, else nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Scope

from auth.authentication import authenticate
from auth.tokens import TokenKind
from auth.viewer import NOBODY, Viewer
from models.pool import Lender
from models.reading import DatabaseUnavailableError
from server.answers import RefusedRequestError
from server.browser_rules import BrowserRules, session_cookie
from server.headers import HEADERS

_SIGN_IN_AGAIN = "This access token is not valid, or no longer; sign in again and send `Authorization: Bearer acc_…`."
_CHALLENGE = ((b"www-authenticate", b'Bearer error="invalid_token"'),)


@dataclass(slots=True)
class Credentials:
    """What a request offers as proof of who sends it; a bearer token goes before a cookie."""

    authorization: str | None
    cookie: str | None
    may_set_cookie: bool

    async def viewer(self, pool: Lender) -> Viewer:
        """Return the viewer by one read, or none when nothing is offered; `session_overdue` tells of one too slow.

        The session of a cookie may have ended: that is nobody, because a browser cannot help sending it. Who presents a
        token means to be somebody: to be answered as nobody would look to an app like an empty account. Raises
        RefusedRequestError for a bad token, DatabaseUnavailableError when the database is away.
        """
        if self.authorization is None:
            return await authenticate(pool, TokenKind.COOKIE, self.cookie) if self.cookie is not None else NOBODY
        scheme, _, secret = self.authorization.partition(" ")
        viewer = await authenticate(pool, TokenKind.ACCESS, secret.strip()) if scheme.lower() == "bearer" else NOBODY
        if not viewer.signed_in:
            raise RefusedRequestError(401, "UNAUTHENTICATED", _SIGN_IN_AGAIN, _CHALLENGE)
        return viewer


def credentials_of_post(scope: Scope, rules: BrowserRules) -> Credentials:
    """Return what a POST offers; raises RefusedRequestError when its cookie may come from another site's page."""
    headers: Mapping[str, str] = scope[HEADERS]
    authorization = headers.get("authorization")
    cookie = session_cookie(headers) if authorization is None else None
    violation = rules.violation(headers, (scope.get("server") or ("", None))[1])
    if cookie is not None and violation:
        raise RefusedRequestError(403, "CSRF_REFUSED", violation)
    return Credentials(authorization, cookie, may_set_cookie=violation is None)


def credentials_of_get(scope: Scope) -> Credentials:
    """Return what a GET offers: never its cookie, which any page can make a browser send."""
    return Credentials(scope[HEADERS].get("authorization"), None, may_set_cookie=False)


def session_overdue() -> DatabaseUnavailableError:
    """Return the fault of a session that could not be read in time."""
    return DatabaseUnavailableError("the caller's session was not read in time")
