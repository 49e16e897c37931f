"""Pictures of every development page in each state, for review; fails on overflow or console errors.

`pytest tests/server/dev/test_page_pictures.py` writes the pictures to tests/artifacts/.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.dev.graphiql import graphiql_routes
from server.dev.graphiql_assets import PACKAGES
from server.dev.link_pages import LINK_PAGES
from tests.cast import add_cast
from tests.server.dev.graphiql_page import CHROMIUM, new_page
from tests.server.dev.mailbox_page import ServedMailbox
from tests.server.dev.pictures import photograph
from tests.server.mail.messages import TOKEN, enqueued, messages
from tests.server.serving import serving
from usecases.mail.message_kind import MessageKind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
]
needs_packages = pytest.mark.skipif(
    not PACKAGES.is_dir(), reason="npm's packages are missing; run `npm ci --prefix server/dev/static/graphiql`"
)
both_schemes = pytest.mark.parametrize("color_scheme", ["light", "dark"])
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(dsn: str, settings: Settings, folder: Path) -> Iterator[str]:
    """Return the address of a server with the demo's bar, whose mailbox folder the test fills."""
    shown = replace(settings, data_dir=folder)
    app = create_app(shown, dsn)
    app.router.routes[:0] = graphiql_routes(replace(shown, demo=True))
    with serving(app, shown) as url:
        yield url


@pytest.fixture(autouse=True)
async def people(database: Database) -> None:
    await add_cast(database)


@pytest.fixture
def mailbox(address: str, settings: Settings, folder: Path, database: Database) -> ServedMailbox:
    return ServedMailbox(address, replace(settings, data_dir=folder), database)


@both_schemes
async def test_mailbox_pages_fit_a_desktop_and_a_phone(
    browser: Browser, mailbox: ServedMailbox, color_scheme: Scheme
) -> None:
    for file in mailbox.folder.glob("*.eml"):
        file.unlink()
    async with new_page(browser, color_scheme) as visited:
        page = visited.page
        await page.goto(f"{mailbox.address}/dev/mailbox")
        await photograph(page, f"mailbox-empty-{color_scheme}")
        for kind in MessageKind:
            await enqueued(mailbox.database, kind=kind)
        await mailbox.deliver()
        await page.goto(f"{mailbox.address}/dev/mailbox")
        await photograph(page, f"mailbox-list-{color_scheme}")
        await page.goto(f"{mailbox.address}/dev/mailbox?to=nobody")
        await photograph(page, f"mailbox-no-match-{color_scheme}")
        reset = next(kept for kept in await messages(mailbox.database) if kept.kind == MessageKind.PASSWORD_RESET)
        await page.goto(f"{mailbox.address}/dev/mailbox/{reset.id}")
        await photograph(page, f"mailbox-message-{color_scheme}")
        await page.get_by_text("Headers", exact=True).click()
        await photograph(page, f"mailbox-message-headers-{color_scheme}")
        assert visited.complaints == []
        await page.goto(f"{mailbox.address}/dev/mailbox/01234567-89ab-7def-8123-456789abcdef")
        await photograph(page, f"mailbox-missing-{color_scheme}")


@both_schemes
@pytest.mark.parametrize("path", LINK_PAGES)
async def test_link_pages_fit_a_desktop_and_a_phone(
    browser: Browser, address: str, color_scheme: Scheme, path: str
) -> None:
    name = f"link{path.replace('/', '-')}"
    async with new_page(browser, color_scheme) as visited:
        page = visited.page
        await page.goto(f"{address}{path}#token={TOKEN}&code=ABCDE-FGHJK-MNPQR")
        await photograph(page, f"{name}-{color_scheme}")
        for field in await page.locator("fieldset:not(:disabled) input").all():
            await field.fill("kolme hanhea lentää etelään")
        await page.get_by_role("main").get_by_role("button").click()
        await expect(page.locator("#answered")).to_be_visible()
        await photograph(page, f"{name}-refused-{color_scheme}")
        assert visited.complaints == []


async def test_link_page_without_its_secret_fits_a_desktop_and_a_phone(browser: Browser, address: str) -> None:
    async with new_page(browser) as visited:
        await visited.page.goto(f"{address}/password/reset")
        await photograph(visited.page, "link-without-secret")


@needs_packages
@both_schemes
async def test_graphiql_fits_a_desktop_and_a_phone(browser: Browser, address: str, color_scheme: Scheme) -> None:
    async with new_page(browser, color_scheme) as visited:
        await visited.open(f"{address}/graphql")
        await expect(visited.viewer).to_have_text("Not signed in")
        await photograph(visited.page, f"graphiql-signed-out-{color_scheme}")
        await visited.open_sign_in()
        await photograph(visited.page, f"graphiql-sign-in-{color_scheme}")
        await visited.sign_in_with("member@demo.example", "a wrong password for this person")
        await expect(visited.panel.get_by_role("alert")).not_to_be_empty()
        await photograph(visited.page, f"graphiql-sign-in-refused-{color_scheme}")
        await visited.sign_in("administrator")
        await photograph(visited.page, f"graphiql-signed-in-{color_scheme}")
        await visited.run("Members", '"organizations"')
        await photograph(visited.page, f"graphiql-result-{color_scheme}")
        await visited.run("Changes", '"displayName"')
        await photograph(visited.page, f"graphiql-subscription-{color_scheme}")
        await visited.sign_in("auditor")
        await visited.answer("has ended")
        await photograph(visited.page, f"graphiql-session-ended-{color_scheme}")
        await visited.documentation("Query")
        await photograph(visited.page, f"graphiql-documentation-{color_scheme}")
        assert visited.complaints == []
