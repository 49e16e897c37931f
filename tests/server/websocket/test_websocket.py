"""The protocol on a real socket: correct use, and every violation."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed, InvalidStatus

from auth.tokens import TokenKind
from server.app import create_app
from server.config.settings import Settings, SocketLimits
from server.db.database import Database
from server.http.cookies import COOKIE
from tests.server.conftest import ORIGIN
from tests.server.serving import serving
from tests.server.sessions import add_session
from tests.server.trying_schema import SECRET_TEXT, TRYING_SCHEMA
from tests.server.websocket.socket_client import INIT, opened

SILENCE = "subscription { silence }"
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": SILENCE}}
LIMITS = SocketLimits(operations=3, per_account=2, per_address=4, slow_reader=0.5)
HASTY = replace(LIMITS, init_within=0.5)  # only for tests of late clients


@pytest.fixture(scope="module")
def url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    with serving_with(LIMITS, dsn, trying_settings) as url:
        yield url


@pytest.fixture(scope="module")
def hasty_url(dsn: str, trying_settings: Settings) -> Iterator[str]:
    with serving_with(HASTY, dsn, trying_settings) as url:
        yield url


@contextmanager
def serving_with(limits: SocketLimits, dsn: str, settings: Settings) -> Iterator[str]:
    limited = replace(settings, socket_limits=limits)
    with serving(create_app(limited, dsn, TRYING_SCHEMA), limited) as url:
        yield url


async def test_a_query_a_mutation_and_a_subscription_are_answered_side_by_side(url: str) -> None:
    async with opened(url) as socket:
        await socket.begin()
        await socket.subscribe(SILENCE, "s")
        assert await socket.hear() == {"id": "s", "type": "next", "payload": {"data": {"silence": "listening"}}}
        assert await socket.ask("query($text: String!) { echo(text: $text) }", text="hei") == {"data": {"echo": "hei"}}
        assert await socket.ask('mutation { slow(seconds: 0, name: "action") }') == {"data": {"slow": "action"}}
        await socket.say({"type": "ping", "payload": {"x": 1}}, {"type": "pong"})
        assert await socket.hear() == {"type": "pong"}
        await socket.say({"id": "s", "type": "complete"}, {"id": "unknown", "type": "complete"})
        await socket.subscribe("subscription { news }", "s")
        assert (await socket.hear())["payload"] == {"data": {"news": "none"}}
        assert await socket.hear() == {"id": "s", "type": "complete"}


WRONG: dict[str, tuple[list[Any], int]] = {
    "invalid JSON": (["{"], 4400),
    "not an object": (["[]"], 4400),
    "an unknown type": ([{"type": "start"}], 4400),
    "no type": ([{}], 4400),
    "a type that is no text": ([{"type": []}], 4400),
    "binary": ([b"\x00"], 4400),
    "deep JSON": (['{"type":"connection_init","payload":{"x":' + "[" * 20_000 + "]" * 20_000 + "}}"], 4400),
    "a payload that is no object": ([{"type": "connection_init", "payload": "x"}], 4400),
    "a subscription without an id": ([INIT, {"type": "subscribe", "payload": {"query": SILENCE}}], 4400),
    "an empty id": ([INIT, {**SUBSCRIBE, "id": ""}], 4400),
    "a number as id": ([INIT, {**SUBSCRIBE, "id": 1}], 4400),
    "no payload": ([INIT, {"id": "1", "type": "subscribe"}], 4400),
    "a subscription before init": ([SUBSCRIBE], 4401),
    "a token of nobody": ([{**INIT, "payload": {"authorization": f"Bearer acc_{'a' * 43}"}}], 4401),
    "init twice": ([INIT, INIT], 4429),
    "an id in use": ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
    "a long id in use": ([INIT, *[{**SUBSCRIBE, "id": "ä" * 900}] * 2], 4409),
    "a message too large": ([{**INIT, "payload": {"x": "a" * 70_000}}], 1009),
}


@pytest.mark.parametrize("which", WRONG)
async def test_protocol_violation_closes_the_socket_with_a_reason(url: str, which: str) -> None:
    messages, code = WRONG[which]
    async with opened(url) as socket:
        await socket.say(*messages)
        assert await socket.closed() == code


@pytest.mark.parametrize("messages", [[], [{"type": "ping"}]], ids=["no init", "only pings"])
async def test_socket_without_connection_init_is_closed(hasty_url: str, messages: list[Any]) -> None:
    async with opened(hasty_url) as socket:
        await socket.say(*messages)
        assert await socket.closed() == 4408


async def test_b52_old_protocol_is_refused(url: str) -> None:
    start = {"id": "1", "type": "start", "payload": {"query": SILENCE}}
    for protocols in ((), ("graphql-ws",)):
        async with opened(url, protocols) as socket:
            assert await socket.closed() == 4406
    async with opened(url) as socket:
        await socket.say(start)
        assert await socket.closed() == 4400


async def test_b52_sockets_accounts_and_addresses_have_limits(url: str, dsn: str) -> None:
    async with opened(url) as first, opened(url) as second, opened(url) as third, opened(url) as fourth:
        await first.begin()
        for n in range(4):
            await first.subscribe(SILENCE, str(n))
        heard = [await first.hear() for _ in range(4)]
        (refused,) = [message for message in heard if message["type"] == "error"]
        assert refused["payload"][0]["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "OPERATIONS", "maximum": 3}
        async with opened(url) as fifth:
            assert await fifth.closed() == 4429
        token = await add_session(dsn, TokenKind.ACCESS)
        await second.begin(token)
        await third.begin(token)
        await fourth.say({**INIT, "payload": {"authorization": f"Bearer {token}"}})
        assert await fourth.closed() == 4429
    async with opened(url) as again:
        await again.begin(token)


PARAMETERS: dict[str, tuple[Any, str]] = {
    "a list": (["Bearer acc_x"], "it is no object"),
    "a text": ("Bearer acc_x", "it is no object"),
    "headers in it": ({"headers": {"Authorization": "Bearer acc_x"}}, '"headers" is unknown'),
    "a token": ({"token": "acc_x"}, '"token" is unknown'),
    "another name": ({"accessToken": "acc_x"}, '"accessToken" is unknown'),
    "a long name": ({"authorization": "Bearer acc_x", "ä" * 500: 1}, f'"{"ä" * 20}" is unknown'),
    "no Bearer": ({"authorization": "acc_x"}, "it has no Bearer"),
    "an empty text": ({"authorization": ""}, "it has no Bearer"),
    "an object": ({"authorization": {"token": "acc_x"}}, "it has no Bearer"),
    "two spellings": ({"authorization": "Bearer acc_x", "Authorization": "Bearer acc_y"}, "it stands there twice"),
}


@pytest.mark.parametrize("which", PARAMETERS)
async def test_connection_params_of_another_form_are_refused_with_the_reason(url: str, which: str) -> None:
    payload, why = PARAMETERS[which]
    async with opened(url) as socket:
        await socket.say({**INIT, "payload": payload})
        with pytest.raises(ConnectionClosed) as closed:
            await socket.hear()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400
    reason = f'Send the connectionParams {{"authorization": "Bearer acc_…"}} or none: {why}'
    assert reason.startswith(closed.value.rcvd.reason)
    assert len(closed.value.rcvd.reason) > len(reason) - 5


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
async def test_connection_params_may_hold_a_token_and_headers_of_tools(url: str, dsn: str, name: str) -> None:
    token = await add_session(dsn, TokenKind.ACCESS)
    of_tools = {"X-OmaPosti-Client": "web", "traceparent": "00-1-1-00", "apollographql-client-name": "app"}
    async with opened(url) as socket:
        await socket.say({**INIT, "payload": {name: f"Bearer {token}"} | of_tools})
        assert await socket.hear() == {"type": "connection_ack"}
        assert (await socket.ask("{ viewer }"))["data"]["viewer"] is not None


@pytest.mark.parametrize("payload", [None, {}, {"authorization": None}, {"X-OmaPosti-Client": "web"}])
async def test_connection_params_without_a_token_are_anonymous(url: str, payload: dict[str, Any] | None) -> None:
    async with opened(url) as socket:
        await socket.say({**INIT, "payload": payload})
        assert await socket.hear() == {"type": "connection_ack"}
        assert await socket.ask("{ viewer }") == {"data": {"viewer": None}}


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "another origin": ("ORIGIN_NOT_ALLOWED", {"origin": "https://evil.example"}),
    "no origin but a cookie": ("ORIGIN_MISSING", {"additional_headers": {"Cookie": "__Host-session=x"}}),
    "another origin and a cookie": (
        "ORIGIN_NOT_ALLOWED",
        {"origin": "https://evil.example", "additional_headers": {"Cookie": "__Host-session=x"}},
    ),
    "cross-site with a cookie": (
        "CROSS_SITE_REQUEST",
        {"origin": ORIGIN, "additional_headers": {"Cookie": "__Host-session=x", "Sec-Fetch-Site": "cross-site"}},
    ),
    "an origin that begins alike": ("ORIGIN_NOT_ALLOWED", {"origin": f"{ORIGIN}.evil.example"}),
}


@pytest.mark.parametrize("which", REFUSED)
async def test_another_sites_page_opens_no_socket(url: str, which: str, caplog: pytest.LogCaptureFixture) -> None:
    code, options = REFUSED[which]
    with pytest.raises(InvalidStatus) as refused:
        async with opened(url, **options):
            pass
    assert refused.value.response.status_code == 403
    (error,) = orjson.loads(refused.value.response.body)["errors"]
    assert error["extensions"]["code"] == code
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_socket_is_authenticated_by_cookie_or_token(url: str, dsn: str) -> None:
    cookie, token = await add_session(dsn, TokenKind.COOKIE), await add_session(dsn, TokenKind.ACCESS)
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    async with opened(url, origin=ORIGIN, additional_headers=headers) as socket:
        await socket.begin()
        by_cookie = await socket.ask("{ viewer }")
        assert "takeCookie" in await taken(socket)
    async with opened(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        await socket.begin()
        by_header = await socket.ask("{ viewer }")
    async with opened(url) as socket:
        await socket.begin(token)
        by_payload = await socket.ask("{ viewer }")
    async with opened(url, origin=ORIGIN, additional_headers={"Cookie": f"{COOKIE}={token}"}) as socket:
        await socket.begin()
        assert await socket.ask("{ viewer }") == {"data": {"viewer": None}}
    assert by_header == by_payload != by_cookie
    assert by_cookie["data"]["viewer"].endswith("@example.com")


async def taken(socket: Any) -> dict[str, Any]:
    """Request a cookie, which messages over a socket cannot set."""
    answer = await socket.ask("mutation { takeCookie }")
    assert answer == {"data": {"takeCookie": False}}
    data: dict[str, Any] = answer["data"]
    return data


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ fault }", "INTERNAL"),
        ("{ wrongKind }", "INTERNAL"),
        ("{ away }", "UNAVAILABLE"),
        ("{ neededFault }", "INTERNAL"),
        ("{ refusedRead }", "INTERNAL"),
        ("subscription { brokenStream }", "INTERNAL"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ unknown }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_REQUEST"),
        ("query A { fault } query B { fault }", "BAD_USER_INPUT"),
        ("{ slow(seconds: 3) }", "TIMEOUT"),
        ("query($text: String!) { echo(text: $text) }", "BAD_USER_INPUT"),
        ("{ " + " ".join(f"a{n}: fault" for n in range(16)) + " }", "LIMIT_EXCEEDED"),
    ],
)
async def test_b56_error_reveals_no_internals(url: str, query: str, code: str) -> None:
    async with opened(url) as socket:
        await socket.begin()
        await socket.subscribe(query, "1")
        heard = [await socket.hear()]
        while heard[-1]["type"] == "next" and "errors" not in heard[-1]["payload"]:
            heard.append(await socket.hear())
        payload = heard[-1]["payload"]
        errors = payload if heard[-1]["type"] == "error" else payload["errors"]
        assert errors[0]["extensions"]["code"] == code
        assert SECRET_TEXT not in str(heard)
        assert "Traceback" not in str(heard)


async def test_a_nul_in_the_variables_is_refused(url: str) -> None:
    async with opened(url) as socket:
        await socket.begin()
        answer = await socket.ask("query($text: String!) { echo(text: $text) }", text="a\0b")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("query", ["{ viewer }", "subscription { news }"])
async def test_operation_whose_session_is_locked_is_unavailable(
    url: str, dsn: str, database: Database, query: str
) -> None:
    token = await add_session(dsn, TokenKind.ACCESS)
    async with opened(url) as socket:
        await socket.begin(token)
        async with database.sessions.begin() as locking:
            await locking.execute(text("LOCK TABLE sessions"))
            answer = await socket.ask(query)
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_client_that_does_not_read_is_disconnected(url: str) -> None:
    async with opened(url, max_queue=1) as socket:
        await socket.begin()
        await socket.subscribe("subscription { flood }")
        async with opened(url) as other:
            await other.begin()
            await asyncio.sleep(LIMITS.slow_reader + 2)  # longer than the server waits for the client
            assert await other.ask("{ one }") == {"data": {"one": 1}}
        assert await socket.closed() in {1008, None}
