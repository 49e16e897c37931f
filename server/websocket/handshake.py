"""WebSocket handshake at the GraphQL endpoint: checks the origin and chooses the subprotocol."""

import structlog
from starlette.types import Message, Receive, Scope, Send

from server.http.graphql_api import Api
from server.http.request import HttpRequest
from server.http.responses import RequestError, refusal
from server.websocket.connection import Conversation
from server.websocket.protocol import SUBPROTOCOL

log = structlog.get_logger()


class GraphQLSocket:
    """Answers handshakes at `/graphql`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        request = HttpRequest.read(scope)
        await receive()
        violation = self._api.rules.socket_violation(request.headers, request.port)
        if violation is not None:
            await _refuse(request, send, RequestError(403, violation.code, violation.message))
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        await Conversation(self._api, request, receive, send, scope["app"].state.sockets).run()


async def _refuse(request: HttpRequest, send: Send, refused: RequestError) -> None:
    """Refuse a handshake over HTTP; the page sees only a failure, but developer tools show the reason."""
    request_id = request.record.request_id
    log.warning("websocket handshake refused", request_id=request_id, code=refused.code, reason=refused.message)

    async def send_response(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    await refusal(refused, request_id).send(send_response)
