"""Pages under another host name, opened by a front-end developer in a real browser, get the true reason of refusal."""

import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.server.dev.graphiql_page import ARGUMENTS, CHROMIUM
from tests.server.serving import serving
from usecases.demo import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
]

SIGN_IN = f"""mutation {{ signIn(input: {{email: "member@demo.example", password: "{PASSWORD}", transport: COOKIE}})
  {{ account {{ email }} }} }}"""
ME = "{ me { email } }"
ASK = """async ([url, query]) => {
  const headers = {'Content-Type': 'application/json', 'X-OmaPosti-Client': 'web', 'traceparent': '00-1-1-00'}
  const body = JSON.stringify({query})
  const answer = await fetch(url + '/graphql', {method: 'POST', credentials: 'include', headers, body})
  return await answer.json()
}"""
SUBSCRIBE = """([url, query]) => new Promise((heard) => {
  const socket = new WebSocket(url.replace('http', 'ws') + '/graphql', 'graphql-transport-ws')
  const say = (message) => socket.send(JSON.stringify(message))
  socket.onopen = () => say({type: 'connection_init'})
  socket.onclose = (event) => heard({closed: event.code})
  socket.onmessage = ({data}) => {
    const message = JSON.parse(data)
    if (message.type === 'connection_ack') say({type: 'subscribe', id: '1', payload: {query}})
    else heard(message)
  }
})"""


class BlankPage(http.server.BaseHTTPRequestHandler):
    """An empty page; only its address matters."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Suppress logging."""


@pytest.fixture(scope="module")
def front_end() -> Iterator[int]:
    """Serve a developer's page, and yield its port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), BlankPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def api(dsn: str, settings: Settings, front_end: int) -> Iterator[str]:
    """Serve an API that allows the page under `localhost`, and yield its address by number."""
    allowed = replace(settings, allowed_origins=frozenset({f"http://localhost:{front_end}"}))
    with serving(create_app(allowed, dsn), allowed) as url:
        yield url


@pytest.fixture
async def page(front_end: int, database: Database) -> AsyncIterator[Page]:
    """Open the page under `localhost`."""
    await add_cast(database)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(f"http://localhost:{front_end}/")
        yield page
        await browser.close()


async def ask(page: Page, url: str, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = await page.evaluate(ASK, [url, query])
    return answer


async def test_page_under_another_host_name_is_told_that_it_is_cross_site(page: Page, api: str) -> None:
    (refused,) = (await ask(page, api, SIGN_IN))["errors"]
    assert refused["extensions"]["code"] == "CROSS_SITE_REQUEST"
    assert "Open the page under the same host name as this server" in refused["message"]
    (signed_out,) = (await ask(page, api, ME))["errors"]
    assert signed_out["extensions"]["code"] == "UNAUTHENTICATED"
    assert signed_out["extensions"]["cookieRefusal"] == "CROSS_SITE_REQUEST"
    assert "carries no session cookie" in signed_out["message"]


async def test_socket_of_a_page_under_another_host_name_is_told_so(page: Page, api: str) -> None:
    message = await page.evaluate(SUBSCRIBE, [api, f"subscription {ME}"])
    (error,) = message["payload"]["errors"]
    assert error["extensions"]["cookieRefusal"] == "COOKIE_NOT_SENT"
    assert "localhost and 127.0.0.1 differ" in error["message"]


async def test_page_under_the_same_host_name_is_signed_in_by_its_cookie(page: Page, api: str) -> None:
    same = f"http://localhost:{urlsplit(api).port}"
    assert (await ask(page, same, SIGN_IN))["data"]["signIn"]["account"] == {"email": "member@demo.example"}
    assert await ask(page, same, ME) == {"data": {"me": {"email": "member@demo.example"}}}
    message = await page.evaluate(SUBSCRIBE, [same, f"subscription {ME}"])
    assert message["payload"] == {"data": {"me": {"email": "member@demo.example"}}}
