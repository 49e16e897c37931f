"""Pictures of the documentation are small, described, up to date with the code, and made by `make screenshots`."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from server.dev.graphiql_assets import PACKAGES
from tests.docs.examples import Served
from tests.docs.page import PROJECT, pages
from tests.screenshots import IMAGES, photograph
from tests.server.dev.graphiql_page import CHROMIUM

LARGEST = 200_000  # bytes; a README that loads slowly is not read
OVERVIEW = ET.parse(IMAGES / "overview.svg").getroot()  # noqa: S314  our own file
SVG = "{http://www.w3.org/2000/svg}"


def test_pictures_are_shown_and_small() -> None:
    shown = {Path(link).name for page in pages() for link in page.links if "images/" in link}
    assert shown == {picture.name for picture in IMAGES.iterdir()}
    assert [picture.name for picture in IMAGES.iterdir() if picture.stat().st_size > LARGEST] == []


def test_overview_has_the_layers_of_the_code_and_a_description() -> None:
    written = [text.text for text in OVERVIEW.iter(f"{SVG}text") if text.get("class") == "code"]
    layers = re.findall(r'layers = \["(.*)"\]', (PROJECT / "pyproject.toml").read_text())[0].split('", "')
    assert [text for text in written if text in layers] == layers
    assert OVERVIEW.findtext(f"{SVG}title")
    assert OVERVIEW.findtext(f"{SVG}desc")


def test_overview_has_its_own_ground_in_light_and_dark() -> None:
    style = OVERVIEW.findtext(f"{SVG}style") or ""
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    colours = re.compile(r"--([a-z]+): #[0-9a-f]{6}")
    assert "ground" in colours.findall(light)
    assert colours.findall(light) == colours.findall(dark)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium")
@pytest.mark.skipif(
    not PACKAGES.is_dir(), reason="npm's packages are missing; run `npm ci --prefix server/dev/static/graphiql`"
)
async def test_screenshots_show_a_served_demo(served: Served, tmp_path: Path) -> None:
    await photograph(f"http://127.0.0.1:{served.port}", tmp_path)
    assert (tmp_path / "graphiql.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
