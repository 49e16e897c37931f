"""Pictures of pages at desktop and phone width, written to tests/artifacts/ for review."""

from pathlib import Path

from playwright.async_api import Page

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
SIZES = {1440: 900, 390: 844}  # CSS pixels: width and height of the window

# GraphiQL's editor draws only the lines that fit the window it knows, and learns of a new size late.
REDRAW = "scrollTo(0, 0); document.querySelectorAll('.CodeMirror').forEach(editor => editor.CodeMirror.refresh())"
# GraphiQL's editors and row of tabs scroll internally.
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter(element => !element.closest(".graphiql-tabs, .CodeMirror"))
  .filter(element => Math.max(element.getBoundingClientRect().right, element.matches("html") ? element.scrollWidth : 0)
    > innerWidth + 1)
  .map(element => element.outerHTML.slice(0, 80))"""


async def photograph(page: Page, name: str) -> None:
    """Write `NAME-WIDTH.png` of the whole page for each width; fails when content overflows the window."""
    ARTIFACTS.mkdir(exist_ok=True)
    for width, height in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(REDRAW)
        await page.screenshot(path=ARTIFACTS / f"{name}-{width}.png", full_page=True)
        assert await page.evaluate(TOO_WIDE) == [], f"{name} overflows at {width} px"
