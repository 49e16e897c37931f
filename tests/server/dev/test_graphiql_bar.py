"""The bar of GraphiQL shows who is signed in, after each way of signing in or out."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Browser, expect

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.dev.graphiql_assets import PACKAGES
from tests.cast import add_cast
from tests.schema.asking import add_person, post, token_of
from tests.server.dev.graphiql_page import CHROMIUM, GraphiQLPage, new_page
from tests.server.serving import serving
from usecases.demo import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
    pytest.mark.skipif(
        not PACKAGES.is_dir(), reason="npm's packages are missing; run `npm ci --prefix server/dev/static/graphiql`"
    ),
]
NOBODY = "Not signed in"
SIGN_IN = f"""mutation SignIn {{
  signIn(input: {{email: "member@demo.example", password: "{PASSWORD}"}}) {{ account {{ email }} }} }}"""
REVOKE = "mutation { otherSessionsRevoke { userErrors { message } } }"


@pytest.fixture(scope="module")
def address(dsn: str, settings: Settings) -> Iterator[str]:
    demo = replace(settings, demo=True)
    with serving(create_app(demo, dsn), demo) as url:
        yield f"{url}/graphql"


@pytest.fixture
async def visited(browser: Browser, database: Database, address: str) -> AsyncIterator[GraphiQLPage]:
    """Return GraphiQL opened without a session; fails at the end if the console has errors."""
    await add_cast(database)
    async with new_page(browser) as visited:
        await visited.open(address)
        await expect(visited.viewer).to_have_text(NOBODY)
        yield visited
        assert visited.complaints == []


async def test_person_outside_the_cast_signs_in_with_their_password(visited: GraphiQLPage, database: Database) -> None:
    await add_person(database, "liisa@posti.example", PASSWORD)
    await visited.sign_in_with("liisa@posti.example", PASSWORD)
    await expect(visited.viewer).to_contain_text("liisa@posti.example")
    await expect(visited.panel).to_be_hidden()


async def test_refused_sign_in_says_so_beside_the_fields(visited: GraphiQLPage) -> None:
    await visited.sign_in_with("member@demo.example", "a wrong password for this person")
    await expect(visited.panel.get_by_role("alert")).to_contain_text("is wrong. Check both")
    await expect(visited.viewer).to_have_text(NOBODY)
    await visited.sign_in_with("member@demo.example", PASSWORD)
    await expect(visited.viewer).to_contain_text("Jussi Jäsen")


async def test_reload_keeps_who_is_signed_in(visited: GraphiQLPage) -> None:
    await visited.sign_in("member")
    await visited.page.reload()
    await expect(visited.viewer).to_contain_text("Jussi Jäsen")
    await expect(visited.page.get_by_role("button", name="Sign out")).to_be_visible()


async def test_sign_in_and_sign_out_in_the_editor_change_the_bar(visited: GraphiQLPage) -> None:
    await visited.start_document(SIGN_IN, "SignIn")
    await expect(visited.viewer).to_contain_text("Jussi Jäsen")
    await visited.start_document("mutation SignOut { signOut { userErrors { message } } }", "SignOut")
    await expect(visited.viewer).to_have_text(NOBODY)
    await expect(visited.page.get_by_role("button", name="Sign out")).to_be_hidden()


async def test_session_that_ended_elsewhere_shows_with_the_next_answer(visited: GraphiQLPage, address: str) -> None:
    await visited.sign_in("member")
    async with httpx.AsyncClient(base_url=address.removesuffix("/graphql")) as client:
        await post(client, REVOKE, headers=await token_of(client, "member"))
    await visited.run("Me", "UNAUTHENTICATED")
    await expect(visited.viewer).to_have_text(NOBODY)


async def test_switching_shows_the_other_person(visited: GraphiQLPage) -> None:
    await visited.sign_in("member")
    await expect(visited.viewer).to_contain_text("Jussi Jäsen")
    await visited.sign_in("auditor")
    await expect(visited.viewer).to_contain_text("Tara Tarkastaja")


async def test_link_to_the_mailbox_opens_it(visited: GraphiQLPage) -> None:
    await visited.page.get_by_role("link", name="Mailbox").click()
    await expect(visited.page.get_by_role("heading", name="Mailbox")).to_be_visible()


@pytest.mark.parametrize(("scheme", "color"), [("light", "rgb(0, 53, 128)"), ("dark", "rgb(157, 191, 255)")])
async def test_brand_colour_has_a_variant_for_dark_mode(visited: GraphiQLPage, scheme: str, color: str) -> None:
    await visited.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await expect(visited.page.locator(".graphiql-execute-button")).to_have_css("background-color", color)
    await expect(visited.page.get_by_role("banner")).to_have_css("background-color", "rgb(0, 53, 128)")
    await visited.page.goto(visited.page.url.replace("/graphql", "/dev/mailbox"))
    await expect(visited.page.get_by_role("banner")).to_have_css("background-color", "rgb(0, 53, 128)")


async def test_documentation_of_another_type_opens_at_its_top(visited: GraphiQLPage) -> None:
    documentation = await visited.documentation("Query")
    pane = visited.page.locator(".graphiql-plugin")
    assert await pane.evaluate("pane => { pane.scrollTop = 200; return pane.scrollTop; }") == 200
    link = documentation.get_by_role("link", name="Organization", exact=True)
    await link.evaluate("link => link.click()")  # a click by the mouse would scroll the pane to the link
    await expect(documentation.locator(".graphiql-doc-explorer-title")).to_have_text("Organization")
    assert await pane.evaluate("pane => pane.scrollHeight - pane.clientHeight") > 200
    assert await pane.evaluate("pane => pane.scrollTop") == 0


async def test_panes_are_stacked_on_a_phone(visited: GraphiQLPage) -> None:
    await visited.page.set_viewport_size({"width": 390, "height": 844})
    await visited.documentation("Query")
    panes = [".graphiql-plugin", ".graphiql-editors", ".graphiql-response"]
    boxes = [await visited.page.locator(pane).bounding_box() for pane in panes]
    tops = [box["y"] for box in boxes if box is not None and box["width"] > 350]
    assert len(tops) == len(panes), boxes
    assert tops == sorted(tops)
    assert '"OMAPOSTI"' in await visited.run("Services", '"services"')
    await expect(visited.page.locator(".graphiql-response")).to_be_in_viewport(ratio=0.9)
