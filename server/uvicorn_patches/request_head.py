"""Checks of a request's head before any routing: RFC 9112 and RFC 6455."""

import re

from httptools import HttpRequestParser

from server.http.responses import RequestError

RawHeaders = list[tuple[bytes, bytes]]

MOST_HEADERS = 100  # header lines; a browser sends 20
# RFC 9110, section 7.2 and RFC 3986, section 3.2: a name, an IPv4 or a bracketed IPv6 address, then an optional port.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")


def fault_of_head(parser: HttpRequestParser, headers: RawHeaders) -> RequestError | None:
    """Return the refusal of too many headers, or of other than exactly one valid Host (RFC 9112, section 3.2)."""
    if len(headers) > MOST_HEADERS:
        return headers_too_large(f"more than {MOST_HEADERS} header lines")
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1:
        return _bad_request("The request has two Host headers; send one.")
    if not hosts:
        if parser.get_http_version() == "1.0":
            return None
        return _bad_request("The request has no Host header; send `Host:` with the name and port of this server.")
    if not _HOST.fullmatch(hosts[0]):
        return _bad_request(
            "The Host header is not valid; send a host name and, if needed, a port: `api.example:8000`."
        )
    return None


def fault_of_handshake(headers: RawHeaders) -> RequestError | None:
    """Return the refusal of a WebSocket handshake with a body, because its end would never be read."""
    announced = {name: value for name, value in headers if name in {b"content-length", b"transfer-encoding"}}
    if announced and announced != {b"content-length": b"0"}:
        return _bad_request("A WebSocket handshake has no body; open the socket without Content-Length.")
    return None


def headers_too_large(found: str) -> RequestError:
    """Return the refusal of a request with too many bytes outside its body."""
    message = f"The request has {found}; send fewer and shorter headers, and no trailers or chunk extensions."
    return RequestError(431, "HEADERS_TOO_LARGE", message)


def malformed() -> RequestError:
    """Return the refusal of bytes that are not HTTP."""
    return _bad_request("This is not valid HTTP (RFC 9112); correct the request line, the headers or the chunks.")


def _bad_request(message: str) -> RequestError:
    return RequestError(400, "BAD_REQUEST", message)
