"""Mailed links, from the request to the received mail; forged Host headers do not change them."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest

from models.account import AccountStatus
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.schema.asking import add_person, post, sign_in
from tests.server.mail.mail_server import MailServer, mail_server
from tests.server.mail.messages import HEAD, worker_for
from tests.server.serving import serving
from tests.server.websocket.conversation import conversation

ASK = 'mutation { passwordResetRequest(input: {email: "%s"}) { userErrors { code } } }'
RESET = """mutation($token: String!, $password: String!) {
  passwordReset(input: {token: $token, newPassword: $password}) { userErrors { code message } } }"""
_LINE = b"POST /graphql HTTP/1.1\r\n"
POISON = {
    "Host": _LINE + b"Host: evil.example\r\n",
    "X-Forwarded-Host": _LINE + b"Host: x\r\nX-Forwarded-Host: evil.example\r\nX-Host: evil.example\r\n",
    "Forwarded": _LINE + b"Host: x\r\nForwarded: host=evil.example;proto=http\r\n",
    "absolute form": b"POST http://evil.example/graphql HTTP/1.1\r\nHost: x\r\n",
    "two hosts": _LINE + b"Host: x\r\nHost: evil.example\r\n",
    "Referer": _LINE + b"Host: x\r\nReferer: http://evil.example/\r\nX-Original-URL: //evil.example\r\n",
}
MAY_BE_REFUSED = {"two hosts", "absolute form"}


@pytest.fixture
def address(dsn: str, settings: Settings, database: Database) -> Iterator[str]:
    with serving(create_app(settings, dsn), settings) as url:
        yield url


async def asked(address: str, head: bytes, email: str) -> bytes:
    """Request a new password with that request line and those headers."""
    body = b'{"query": "%s"}' % (ASK % email).replace('"', '\\"').encode()
    rest = b"Content-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    return await asyncio.to_thread(conversation, address, head + rest + body)


@pytest.mark.parametrize("name", POISON)
async def test_b09_every_link_begins_with_the_configured_address(database: Database, address: str, name: str) -> None:
    await add_person(database, "victim@posti.example")
    answer = await asked(address, POISON[name], "victim@posti.example")
    mails = await mailed(database)
    assert len(mails.raw) == 1 or name in MAY_BE_REFUSED, answer
    for mail in mails.mails:
        for part in mail.iter_parts():
            links = re.findall(r"https?://[^\s\"<]+", part.get_content())
            assert links
            assert all(link.startswith(f"{HEAD.public_url}/") for link in links)
        assert b"evil" not in mail.as_bytes()


async def mailed(database: Database) -> MailServer:
    """Send the waiting messages, and return the mail server that received them."""
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    return mails


async def test_link_in_a_message_sets_a_new_password_once(client: httpx.AsyncClient, database: Database) -> None:
    await add_person(database, "victim@posti.example", status=AccountStatus.ACTIVE)
    await post(client, ASK % "victim@posti.example")
    (mail,) = (await mailed(database)).mails
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(r"/password/reset#token=(\S+)", text.get_content())
    assert found is not None
    password = "aivan toinen pitkä lause"
    for refused in (False, True):
        answer = (await post(client, RESET, {"token": found[1], "password": password})).json()
        assert bool(answer["data"]["passwordReset"]["userErrors"]) is refused, answer
    signed_in = (await sign_in(client, "victim@posti.example", password)).json()
    assert signed_in["data"]["signIn"]["userErrors"] == []
