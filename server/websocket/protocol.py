"""Messages of `graphql-transport-ws`, and the closing codes for violations of the protocol.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md; codes and reasons are those of its reference server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Message as Event

from server.http.csrf import ACCEPTED_HEADERS

SUBPROTOCOL = "graphql-transport-ws"
# Clients put there the values that they send as headers over HTTP; GraphiQL does.
_PARAMETERS = {name.lower() for name in ACCEPTED_HEADERS}
LONGEST_REASON = 123  # bytes (RFC 6455, section 5.5)


class ClosedError(Exception):
    """Closes the socket with this code; the reason tells the client what to do."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the client; `may_hold_nul` if its text contains the escape of a NUL character."""

    type: str
    id: str = ""
    payload: Any = None
    may_hold_nul: bool = False


_NO_OBJECT = "the payload must be an object"
_KNOWN = {"connection_init", "ping", "pong", "subscribe", "complete"}


def message_of(event: Event) -> Message:
    """Return the message of an event; raises ClosedError 4400 for an invalid one."""
    text = event.get("text")
    if text is None:
        raise invalid("binary; send text")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid("not JSON") from None
    if not isinstance(said, dict) or str(said.get("type")) not in _KNOWN:
        raise invalid("no message of the protocol")
    message = Message(said["type"], said.get("id", ""), said.get("payload"), "\\u0000" in text)
    if not isinstance(message.payload, dict) and (message.payload is not None or message.type == "subscribe"):
        raise _no_parameters("it is no object") if message.type == "connection_init" else invalid(_NO_OBJECT)
    if message.type in {"subscribe", "complete"} and not (isinstance(message.id, str) and message.id):
        raise invalid("the id must be a text that is not empty")
    return message


def authorization_of(parameters: Mapping[str, Any]) -> str | None:
    """Return the authorization in a client's `connectionParams`, or None; raises ClosedError 4400 for unknown keys.

    Otherwise a token under a wrong key would silently leave the person signed out.
    """
    given = [value for name, value in parameters.items() if name.lower() == "authorization"]
    unknown = [name for name in parameters if name.lower() not in _PARAMETERS]
    if unknown:
        raise _no_parameters(f'"{unknown[0][:20]}" is unknown')
    if len(given) > 1:
        raise _no_parameters("it stands there twice")
    if not given or given[0] is None:
        return None
    if not isinstance(given[0], str) or given[0].partition(" ")[0].lower() != "bearer":
        raise _no_parameters("it has no Bearer")
    return given[0]


def _no_parameters(why: str) -> ClosedError:
    return ClosedError(4400, f'Send the connectionParams {{"authorization": "Bearer acc_…"}} or none: {why}')


def invalid(why: str) -> ClosedError:
    """Return the closing of a socket whose client violates the protocol."""
    return ClosedError(4400, f"Invalid message received: {why}")
