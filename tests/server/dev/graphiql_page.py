"""GraphiQL in a real browser, driven as by a visitor."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror"
HEADERS = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1].CodeMirror"
RESULT = "document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? ''"


@dataclass
class GraphiQLPage:
    """The page, with its console errors and requests."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    async def open(self, url: str) -> None:
        """Open the page and wait until GraphiQL is loaded."""
        await self.page.goto(url)
        await self.page.locator(".graphiql-query-editor .CodeMirror").wait_for()

    @property
    def viewer(self) -> Locator:
        """Return the bar's text about the viewer."""
        return self.page.get_by_role("banner").get_by_role("status")

    async def sign_in(self, who: str) -> None:
        """Sign in as a member of the demo cast, by its button in the panel of the bar."""
        await self.open_sign_in()
        await self.page.locator(f'#cast [data-email="{who}@demo.example"]').click()
        await expect(self.panel).to_be_hidden()

    async def sign_in_with(self, email: str, password: str) -> None:
        """Sign in by the fields of the panel."""
        await self.open_sign_in()
        await self.panel.get_by_label("E-mail", exact=True).fill(email)
        await self.panel.get_by_label("Password", exact=True).fill(password)
        await self.panel.get_by_label("Password", exact=True).press("Enter")

    async def open_sign_in(self) -> None:
        """Open the panel, if it is not open."""
        if not await self.panel.is_visible():
            await self.page.locator("#open-sign-in").click()

    @property
    def panel(self) -> Locator:
        """Return the sign-in panel."""
        return self.page.locator("#sign-in-panel")

    async def run(self, tab: str, expected: str) -> str:
        """Run a tab's document, and return the answer once it contains the expected text."""
        await self.choose(tab)
        await self.page.get_by_role("button", name="Execute query").click()
        return await self.answer(expected)

    async def choose(self, tab: str) -> None:
        """Open a tab, and wait until GraphiQL has parsed its document; until then it would run the former operation."""
        await self.page.get_by_role("tab").get_by_role("button", name=tab, exact=True).click()
        await self.page.wait_for_function(f"operation => {EDITOR}.operationName === operation", arg=tab)

    async def start_document(self, document: str, operation: str) -> None:
        """Write a document into the open tab, and run it."""
        await self.page.evaluate(f"text => {EDITOR}.setValue(text)", document)
        await self.page.wait_for_function(f"operation => {EDITOR}.operationName === operation", arg=operation)
        await self.page.get_by_role("button", name="Execute query").click()

    async def write_headers(self, headers: dict[str, str]) -> None:
        """Write the headers of the open tab."""
        await self.page.get_by_role("button", name="Headers", exact=True).click()
        await self.page.evaluate(f"text => {HEADERS}.setValue(text)", json.dumps(headers))

    async def answer(self, expected: str) -> str:
        """Return the result pane once it contains the expected text."""
        await self.page.wait_for_function(f"expected => ({RESULT}).includes(expected)", arg=expected)
        answer: str = await self.page.evaluate(RESULT)
        return answer

    async def documentation(self, *steps: str) -> Locator:
        """Open the documentation and follow the links of these names."""
        await self.page.get_by_role("button", name="Show Documentation Explorer").click()
        explorer = self.page.locator(".graphiql-doc-explorer")
        for step in steps:
            await explorer.get_by_role("link", name=step, exact=True).click()
        return explorer

    def hear(self, said: ConsoleMessage) -> None:
        """Record console messages, except informational ones."""
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)


@asynccontextmanager
async def new_page(browser: Browser, color_scheme: Literal["light", "dark"] = "light") -> AsyncIterator[GraphiQLPage]:
    """Yield a page in a fresh profile, without cookies or stored data."""
    context = await browser.new_context(color_scheme=color_scheme, viewport={"width": 1360, "height": 820})
    try:
        page = await context.new_page()
        page.set_default_timeout(15_000)
        visited = GraphiQLPage(page)
        page.on("console", visited.hear)
        page.on("pageerror", lambda error: visited.complaints.append(str(error)))
        page.on("request", lambda request: visited.requested.append(request.url))
        yield visited
    finally:
        await context.close()
