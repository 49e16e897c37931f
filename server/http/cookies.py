"""The session and device cookies: read from a request, and written to its response (RFC 6265).

`http.cookies` is not used for reading. It drops all cookies if it cannot parse one, such as another application's
JSON; and of two cookies with one name it takes the last.
"""

from collections.abc import Mapping
from types import MappingProxyType

from resolvers.core.cookies import Cookies
from server.http.responses import Headers

COOKIE = "__Host-session"
COOKIE_AGE = 90 * 24 * 3600  # seconds; the session itself may end sooner
DEVICE_COOKIE = "__Host-device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600  # seconds; browsers keep none longer (RFC 6265bis, section 5.5)

_OURS = {COOKIE, DEVICE_COOKIE}
_NONE: Mapping[str, str] = MappingProxyType({})
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def sent_cookies(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the value of each of our cookies in a request; one sent twice is empty, as either may be forged."""
    header = headers.get("cookie")
    if header is None:
        return _NONE
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name in _OURS:
            found[name] = "" if name in found else value
    return found


def set_cookie_headers(cookies: Cookies) -> Headers:
    """Return the Set-Cookie headers of a response; a session cookie only for requests that pass the browser rules."""
    if cookies.new_session is None or cookies.refusal is not None:
        return (_set_cookie(COOKIE, "", 0),) if cookies.clears_session else ()
    session = _set_cookie(COOKIE, cookies.new_session, COOKIE_AGE)
    if cookies.new_device is None:
        return (session,)
    return session, _set_cookie(DEVICE_COOKIE, cookies.new_device, DEVICE_COOKIE_AGE)


def _set_cookie(name: str, value: str, age: int) -> tuple[bytes, bytes]:
    return b"set-cookie", f"{name}={value}; {_ATTRIBUTES}; Max-Age={age}".encode()
