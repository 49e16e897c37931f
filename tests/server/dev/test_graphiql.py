"""GraphiQL in a real Chromium, against a real server and database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Route, expect

from models.db.clock import now
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.dev.graphiql import graphiql_routes
from server.dev.graphiql_assets import CDN, PACKAGE_FILES, PACKAGES
from tests.cast import add_cast
from tests.server.dev.graphiql_page import CHROMIUM, RESULT, new_page
from tests.server.serving import serving
from usecases.demo import PEOPLE, load_cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
    pytest.mark.skipif(
        not PACKAGES.is_dir(), reason="npm's packages are missing; run `npm ci --prefix server/dev/static/graphiql`"
    ),
]

ANYONE = "Not signed in"


@pytest.fixture(scope="module")
def demo(settings: Settings) -> Settings:
    return replace(settings, demo=True)


@pytest.fixture(scope="module")
def address(dsn: str, demo: Settings) -> Iterator[str]:
    """Return the address of GraphiQL with the demo cast's bar."""
    with serving(create_app(demo, dsn), demo) as url:
        yield f"{url}/graphql"


@pytest.fixture(autouse=True)
async def people(database: Database) -> None:
    await add_cast(database)


async def test_first_visitor_runs_examples_from_our_origin_alone(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(address)
        await expect(visited.viewer).to_have_text(ANYONE)
        assert '"code": "OMAPOSTI"' in await visited.run("Services", '"services"')
        assert "UNAUTHENTICATED" in await visited.run("Me", '"errors"')
        assert visited.complaints == []
        assert [url for url in visited.requested if not url.startswith((address, "data:"))] == []


async def test_restricted_person_is_told_of_their_task(browser: Browser, address: str, database: Database) -> None:
    async with database.sessions.begin() as db:
        await load_cast(db, {"newcomer": PEOPLE["newcomer"]}, [], now=now())
    async with new_page(browser) as visited:
        await visited.open(address)
        await visited.sign_in("newcomer")
        await expect(visited.viewer).to_have_text(
            "Signed in as Tuomas Tulokas newcomer@demo.example · first to do: SET_NEW_PASSWORD"
        )
        assert "TASK_OPEN" in await visited.run("Me", '"errors"')
        assert visited.complaints == []


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
async def test_administrator_signs_in_lists_members_and_signs_out(
    browser: Browser, address: str, color_scheme: Literal["light", "dark"]
) -> None:
    async with new_page(browser, color_scheme) as visited:
        await visited.open(address)
        await visited.sign_in("administrator")
        await expect(visited.viewer).to_have_text(
            "Signed in as Aino Pääkäyttäjä administrator@demo.example · ADMINISTRATOR of Demo Oy"
        )
        members = await visited.run("Members", '"organizations"')
        assert '"member@demo.example"' in members
        assert "Toinen Demo Oy" not in members
        await visited.page.get_by_role("button", name="Sign out").click()
        await expect(visited.viewer).to_have_text(ANYONE)
        assert "UNAUTHENTICATED" in await visited.run("Me", '"errors"')
        assert visited.complaints == []


async def test_update_example_works_once_and_then_reports_a_conflict(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(address)
        await visited.sign_in("consumer")
        await expect(visited.viewer).to_contain_text("Kaisa Kuluttaja")
        assert '"phone": "+358401234567"' in await visited.run("ProfileUpdate", '"userErrors": []')
        await visited.run("ProfileUpdate", '"CONFLICT"')


async def test_examples_of_lists_sign_up_and_audit_run(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(address)
        await visited.run("SignUp", '"userErrors": []')
        await visited.sign_in("administrator")
        await visited.run("Search", '"Demo Oy"')
        await visited.run("Paging", '"organizations"')
        await visited.run("Audit", '"session.signIn"')
        assert visited.complaints == []


async def test_documentation_states_the_rule_of_types_and_fields(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(address)
        documentation = await visited.documentation("Query", "Organization")
        await expect(documentation).to_contain_text("Who may read it: members whose role has ORGANIZATION_READ")
        await documentation.get_by_role("link", name="memberships", exact=True).click()
        await expect(documentation).to_contain_text("Who may read it: members whose role has MEMBERS_READ")


async def test_link_shows_its_document_without_running_it(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.open(f"{address}?{urlencode({'query': 'query Linked { services { code } }'})}")
        assert await visited.page.evaluate(RESULT) == ""
        assert '"OMAPOSTI"' in await visited.run("Linked", '"services"')
        await visited.run("Me", "UNAUTHENTICATED")


@pytest.mark.parametrize("tampered", [False, True])
async def test_cdn_serves_the_same_files_without_npm_packages(
    browser: Browser, dsn: str, demo: Settings, tmp_path: Path, tampered: bool
) -> None:
    app = create_app(demo, dsn)
    app.router.routes[:0] = graphiql_routes(demo, packages=tmp_path)

    async def stand_in(route: Route) -> None:
        package, _, file = route.request.url.removeprefix(f"{CDN}/npm/").partition("/")
        content = (PACKAGES / package.partition("@")[0] / file).read_bytes()
        allowed = {"access-control-allow-origin": "*"}
        await route.fulfill(body=content + b" " * tampered, headers=allowed)

    with serving(app, demo) as url:
        async with new_page(browser) as visited:
            await visited.page.route(f"{CDN}/**", stand_in)
            if tampered:
                await visited.page.goto(f"{url}/graphql")
                await expect(visited.page.get_by_role("main")).to_contain_text("GraphiQL did not load")
            else:
                await visited.open(f"{url}/graphql")
                await expect(visited.page.get_by_role("banner")).to_contain_text("comes from a CDN")
                assert visited.complaints == []
            assert len([url for url in visited.requested if url.startswith(CDN)]) == len(PACKAGE_FILES)
