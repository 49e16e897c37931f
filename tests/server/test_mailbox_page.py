"""From the mailbox to GraphiQL in a real browser, as somebody who tries the demo goes."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from server.app import create_app
from server.carriers import folder_carrier
from server.database import Database
from server.mail_pace import Pace
from server.mailbox import mailbox_folder
from server.settings import Settings
from server.worker import MailWorker
from tests.server.graphiql_page import ARGUMENTS, CHROMIUM
from tests.server.letters import HEAD, TOKEN, posted
from tests.server.serving import serving
from usecases.mail.letter import Letterhead
from usecases.post import Letter


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium in PATH")
async def test_a_letters_button_leads_to_its_operation_with_the_secret_in_place(
    database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, data_dir=tmp_path)
    await posted(database, letter=Letter.PASSWORD_RESET)
    with serving(create_app(own, dsn), own) as address:
        head = Letterhead(address, HEAD.sender)
        folder = mailbox_folder(own)
        await MailWorker(database.sessions, head, lambda: folder_carrier(folder), Pace(100)).drain()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = await browser.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text))
            requested: list[str] = []
            page.on("request", lambda request: requested.append(request.url.partition("#")[0]))
            await page.goto(f"{address}/dev/mailbox")
            await page.get_by_role("link", name="Aseta uusi salasana").click()
            await page.frame_locator("iframe").get_by_role("link", name="Aseta uusi salasana").click()
            await page.wait_for_url(f"{address}/password/reset#token={TOKEN}")
            assert TOKEN in await page.locator("#variables").inner_text()
            run = await page.locator("#run").get_attribute("href")
            assert run is not None
            assert run.startswith("/graphql#query=")
            assert TOKEN in run
            assert not [url for url in requested if TOKEN in url], "the secret reaches no server"
            assert complaints == []
            await browser.close()
