"""Every message in a real browser, at the widths of a phone and a mail program: nothing is cut off, no word is torn."""

from collections.abc import AsyncIterator
from itertools import product

import pytest
from playwright.async_api import Page, async_playwright

from models.account import Language
from tests.server.dev.graphiql_page import ARGUMENTS, CHROMIUM
from tests.server.dev.pictures import ARTIFACTS
from tests.usecases.mail.test_message import CONTACT, FACTS, HEAD, arrived, parts
from usecases.mail.message_head import MessageHead
from usecases.mail.message_kind import MessageKind

WIDTHS = (390, 700)
FULL = MessageHead(HEAD.public_url, HEAD.sender, CONTACT)
PARTS_OF_WORDS = """() => [...document.querySelectorAll('span')]
    .filter(word => word.style.whiteSpace === 'nowrap').map(word => word.getClientRects().length)"""
BUTTON = "() => document.querySelector('h1 ~ p a')?.getBoundingClientRect().height ?? 48"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium in PATH")]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield await browser.new_page()
        await browser.close()


@pytest.mark.parametrize(("language", "width"), list(product(Language, WIDTHS)))
async def test_message_fits_and_no_short_word_is_torn(page: Page, language: Language, width: int) -> None:
    folder = ARTIFACTS / "messages"
    folder.mkdir(parents=True, exist_ok=True)
    await page.set_viewport_size({"width": width, "height": 900})
    torn = 0
    for kind in MessageKind:
        _, html = parts(arrived(kind, language, FACTS | {"name": "Liisa Äijälä"}, FULL))
        await page.set_content(html)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, kind
        words = await page.evaluate(PARTS_OF_WORDS)
        assert set(words) <= {1}, kind
        torn += len(words)
        assert await page.evaluate(BUTTON) >= 44, "as large as a finger (WCAG 2.2, 2.5.5)"
        await page.screenshot(path=folder / f"{kind}-{language}-{width}.png", full_page=True)
    assert torn or language is Language.FI, "there are such words in Swedish and English"
