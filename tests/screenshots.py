"""Takes the screenshots of README.md from a served demo: `make screenshots`."""

import asyncio
import socket
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from server.postgres.embedded import running
from tests.faults.serve_command import ServeCommands
from tests.server.dev.graphiql_page import ARGUMENTS, CHROMIUM, new_page

PROJECT = Path(__file__).parent.parent
IMAGES = PROJECT / "docs" / "images"


def main() -> int:
    """Serve the demo on a database of its own and take the pictures; 1 without Chromium."""
    if CHROMIUM is None:
        sys.stderr.write("No Chromium is installed; install the package chromium.\n")
        return 1
    with running(PROJECT / ".data" / "screenshots") as dsn, ServeCommands(_free_port(), OMAPOSTI_DEMO="1") as commands:
        commands.start(dsn)
        asyncio.run(photograph(commands.url, IMAGES))
    return 0


async def photograph(url: str, folder: Path) -> None:
    """Sign in to GraphiQL as the administrator of the demo, list the members and keep a picture of the page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        async with new_page(browser) as visited:
            await visited.open(f"{url}/graphql")
            await visited.sign_in("administrator")
            await visited.viewer.get_by_text("Aino").wait_for()
            await visited.run("Members", "Jussi")
            await visited.page.screenshot(path=folder / "graphiql.png")
        await browser.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
