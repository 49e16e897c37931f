"""Subscriptions in GraphiQL, in a real Chromium against a real server: started, ended, and ended by the server."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Browser, WebSocket, expect

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.dev.graphiql_assets import PACKAGES
from tests.cast import add_cast
from tests.schema.asking import post, token_of
from tests.server.dev.graphiql_page import CHROMIUM, GraphiQLPage, new_page
from tests.server.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
    pytest.mark.skipif(
        not PACKAGES.is_dir(), reason="npm's packages are missing; run `npm ci --prefix server/dev/static/graphiql`"
    ),
]
RENAME = """mutation($name: String!) {
  profileUpdate(input: {version: 1, displayName: $name}) { userErrors { message } } }"""

REVOKE = "mutation { otherSessionsRevoke { userErrors { message } } }"


@pytest.fixture(scope="module")
def address(dsn: str, settings: Settings) -> Iterator[str]:
    demo = replace(settings, demo=True)
    with serving(create_app(demo, dsn), demo) as url:
        yield f"{url}/graphql"


@pytest.fixture(autouse=True)
async def people(database: Database) -> None:
    await add_cast(database)


async def running(visited: GraphiQLPage, address: str, who: str, name: str) -> None:
    """Open GraphiQL, sign in, and start the example of a subscription."""
    await visited.open(address)
    await visited.sign_in(who)
    await visited.run("Changes", name)


async def test_subscription_sends_a_change_made_elsewhere(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited, httpx.AsyncClient(base_url=address.removesuffix("/graphql")) as client:
        await running(visited, address, "consumer", "Kaisa Kuluttaja")
        await post(client, RENAME, {"name": "Kaisa Korhonen"}, await token_of(client, "consumer"))
        await visited.answer("Kaisa Korhonen")
        assert visited.complaints == []


async def test_subscription_runs_as_another_person_after_switching(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await running(visited, address, "consumer", "Kaisa Kuluttaja")
        await visited.sign_in("member")
        ended = await visited.answer("session that this subscription ran in has ended")
        assert "Kaisa Kuluttaja" in ended
        await visited.run("Changes", "Jussi Jäsen")
        assert visited.complaints == []


async def test_subscription_of_an_ended_session_says_so(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited, httpx.AsyncClient(base_url=address.removesuffix("/graphql")) as client:
        await running(visited, address, "consumer", "Kaisa Kuluttaja")
        await post(client, REVOKE, headers=await token_of(client, "consumer"))
        answer = await visited.answer("session that this subscription ran in has ended")
        assert '"closeCode": 4401' in answer
        assert "Kaisa Kuluttaja" in answer, "the last data stays in view"
        await expect(visited.viewer).to_have_text("Not signed in")
        await expect(visited.page.get_by_role("button", name="Execute query")).to_be_visible()


async def test_subscription_to_the_end_of_the_session_gets_it(browser: Browser, address: str) -> None:
    document = "subscription Ended { sessionEnded { noticedAt } }"
    async with new_page(browser) as visited, httpx.AsyncClient(base_url=address.removesuffix("/graphql")) as client:
        await running(visited, address, "consumer", "Kaisa Kuluttaja")
        await visited.page.get_by_role("button", name="Stop query").click()
        subscribed = asyncio.Event()

        def listen(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: subscribed.set() if "sessionEnded" in frame else None)

        visited.page.on("websocket", listen)
        await visited.start_document(document, "Ended")
        await asyncio.wait_for(subscribed.wait(), timeout=15)
        await post(client, REVOKE, headers=await token_of(client, "consumer"))
        await visited.answer('"noticedAt"')


async def test_anonymous_subscription_is_answered_with_the_rule(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(address)
        await visited.run("Changes", "UNAUTHENTICATED")


async def test_subscription_that_is_stopped_leaves_its_answer(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await running(visited, address, "consumer", "Kaisa Kuluttaja")
        await visited.page.get_by_role("button", name="Stop query").click()
        await expect(visited.page.get_by_role("button", name="Execute query")).to_be_visible()
        answer = await visited.answer("Kaisa Kuluttaja")
        assert "errors" not in answer


async def test_subscription_with_a_token_in_headers_runs_as_its_owner(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited, httpx.AsyncClient(base_url=address.removesuffix("/graphql")) as client:
        await visited.open(address)
        await visited.sign_in("consumer")
        await visited.choose("Changes")
        await visited.write_headers(await token_of(client, "member"))
        await visited.page.get_by_role("button", name="Execute query").click()
        await visited.answer("Jussi Jäsen")


async def test_subscription_to_a_server_that_ends_says_so(browser: Browser, dsn: str, settings: Settings) -> None:
    demo = replace(settings, demo=True)
    async with new_page(browser) as visited:
        with serving(create_app(demo, dsn), demo) as url:
            await running(visited, f"{url}/graphql", "consumer", "Kaisa Kuluttaja")
        await visited.answer("The server is shutting down")
