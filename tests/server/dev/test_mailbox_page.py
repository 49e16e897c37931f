"""Development mailbox in a real browser: from a message to its link, and a list that refreshes itself."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, expect

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.server.dev.graphiql_page import CHROMIUM, GraphiQLPage, new_page
from tests.server.dev.mailbox_page import ServedMailbox
from tests.server.mail.messages import TOKEN, enqueued
from tests.server.serving import serving
from usecases.mail.message_kind import MessageKind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
]
NOON = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def mailbox(database: Database, dsn: str, settings: Settings, tmp_path: Path) -> Iterator[ServedMailbox]:
    own = replace(settings, data_dir=tmp_path)
    with serving(create_app(own, dsn), own) as address:
        served = ServedMailbox(address, own, database)
        served.folder.mkdir()
        yield served


@pytest.fixture
async def visited(browser: Browser) -> AsyncIterator[GraphiQLPage]:
    """Return a page of a fresh profile; fails at the end if the console has errors."""
    async with new_page(browser) as visited:
        yield visited
        assert visited.complaints == []


def keep(mailbox: ServedMailbox, subject: str, to: str = "liisa@posti.example", second: int = 0) -> UUID:
    """Put a message into the folder as the worker does; `second` sets the time of sending."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "no-reply@omaposti.example", to, subject
    mail["Date"] = format_datetime(NOON)
    mail.set_content("text")
    message_id = uuid4()
    written = mailbox.folder / f".{message_id}.part"
    written.write_bytes(mail.as_bytes())
    os.utime(written, (NOON.timestamp() + second,) * 2)
    written.replace(mailbox.folder / f"{message_id}.eml")
    return message_id


async def test_message_leads_to_the_form_of_its_link(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    await enqueued(mailbox.database, kind=MessageKind.PASSWORD_RESET)
    await mailbox.deliver()
    page = visited.page
    await page.goto(f"{mailbox.address}/dev/mailbox")
    await page.locator("#messages a").click()
    await page.frame_locator("iframe").locator('a[href*="#token="]').first.click()
    await page.wait_for_url(f"{mailbox.address}/password/reset#token={TOKEN}")
    await expect(page.locator("#variables")).to_contain_text(TOKEN)
    assert f"{mailbox.address}/graphql" not in visited.requested


async def test_new_message_comes_first_and_by_itself(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    keep(mailbox, "First", second=1)
    keep(mailbox, "Second", second=2)
    await visited.page.goto(f"{mailbox.address}/dev/mailbox")
    subjects = visited.page.locator("#messages .subject")
    await expect(subjects).to_have_text(["Second", "First"])
    keep(mailbox, "Third", second=3)
    await expect(subjects).to_have_text(["Third", "Second", "First"])


async def test_refreshed_list_keeps_the_place_and_the_focus(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    ids = [keep(mailbox, f"Message {number}", second=number) for number in range(40)]
    page = visited.page
    await page.goto(f"{mailbox.address}/dev/mailbox")
    read = page.locator(f"#message-{ids[10]} a")
    await read.focus()
    before = await read.evaluate("link => link.getBoundingClientRect().top")
    assert await page.evaluate("scrollY") > 0
    newest = keep(mailbox, "New", second=100)
    await page.locator(f"#message-{newest}").wait_for()
    assert await read.evaluate("link => link.getBoundingClientRect().top") == pytest.approx(before, abs=1)
    await expect(read).to_be_focused()


async def test_filter_shows_one_receiver_and_survives_a_reload(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    keep(mailbox, "For Liisa", "liisa@posti.example", second=1)
    keep(mailbox, "For Onni", "onni@posti.example", second=2)
    page = visited.page
    await page.goto(f"{mailbox.address}/dev/mailbox")
    subjects = page.locator("#messages .subject")
    await page.get_by_label("Receiver").fill("ONNI@")
    await expect(subjects).to_have_text(["For Onni"])
    await page.reload()
    await expect(subjects).to_have_text(["For Onni"])
    keep(mailbox, "Again for Onni", "onni@posti.example", second=3)
    keep(mailbox, "Again for Liisa", "liisa@posti.example", second=4)
    await expect(subjects).to_have_text(["Again for Onni", "For Onni"])
    await page.get_by_label("Receiver").fill("nobody@")
    await expect(page.get_by_text("No message to “nobody@”.")).to_be_visible()
    await page.get_by_role("link", name="Show all receivers").click()
    await expect(subjects).to_have_count(4)


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Helsinki", "12:00:00"), ("America/New_York", "05:00:00")])
async def test_times_are_those_of_the_browser_zone(
    browser: Browser, mailbox: ServedMailbox, zone: str, hour: str
) -> None:
    message = keep(mailbox, "At noon")
    context = await browser.new_context(timezone_id=zone, locale="en-GB")
    page = await context.new_page()
    for path in ("/dev/mailbox", f"/dev/mailbox/{message}"):
        await page.goto(f"{mailbox.address}{path}")
        await expect(page.locator("time")).to_have_text(f"1 Jul 2026, {hour}")
    await context.close()


async def test_headers_of_a_message_are_folded(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    await visited.page.goto(f"{mailbox.address}/dev/mailbox/{keep(mailbox, 'Folded')}")
    header = visited.page.get_by_text("Content-Transfer-Encoding")
    await expect(header).to_be_hidden()
    await visited.page.get_by_text("Headers", exact=True).click()
    await expect(header).to_be_visible()


async def test_list_says_when_the_server_does_not_answer(
    browser: Browser, database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, data_dir=tmp_path)
    async with new_page(browser) as visited:
        with serving(create_app(own, dsn), own) as address:
            await visited.page.goto(f"{address}/dev/mailbox")
        await expect(visited.page.get_by_role("status")).to_have_text(
            "The server does not answer. This page goes on trying."
        )


async def test_list_without_scripts_is_filtered_by_its_button(browser: Browser, mailbox: ServedMailbox) -> None:
    keep(mailbox, "For Liisa", "liisa@posti.example", second=1)
    keep(mailbox, "For Onni", "onni@posti.example", second=2)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{mailbox.address}/dev/mailbox")
    await page.get_by_label("Receiver").fill("onni@posti.example")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("#messages .subject")).to_have_text(["For Onni"])
    await expect(page.locator("time")).to_have_text("2026-07-01 09:00:00 UTC")
    await context.close()
