"""The GraphQL endpoint over WebSocket: who may open a socket, and the choice of the protocol."""

from starlette.types import Receive, Scope, Send

from server.api import Api
from server.browser_rules import session_cookie
from server.caller import Credentials
from server.headers import HEADERS, combined
from server.websocket_conversation import Conversation
from server.websocket_messages import SUBPROTOCOL


class GraphQLSocket:
    """Answers handshakes at `/graphql`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        headers = scope[HEADERS] = combined(scope["headers"])
        await receive()
        if self._api.rules.socket_violation(headers, (scope.get("server") or ("", None))[1]):
            await send({"type": "websocket.close"})  # before it is accepted, which is 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        credentials = Credentials(headers.get("authorization"), session_cookie(headers), may_set_cookie=False)
        await Conversation(self._api, scope, receive, send, credentials).run()
