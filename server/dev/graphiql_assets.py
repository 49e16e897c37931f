"""Files of the GraphiQL page: our own, and GraphiQL itself from npm packages or else from a CDN."""

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from server.dev.page_parts import PARTS

FOLDER = Path(__file__).parent / "static" / "graphiql"
PACKAGES = FOLDER / "node_modules"
ADDRESS = "/graphql/assets"
CDN = "https://cdn.jsdelivr.net"

# In the order of loading. The browser checks each hash and refuses other content.
PACKAGE_FILES = {
    "graphiql/graphiql.min.css": "sha256-MEh+B2NdMSpj9kexQNN3QKc8UzMrCXW/Sx/phcpuyIU=",
    "react/umd/react.production.min.js": "sha256-2Unxw2h67a3O2shSYYZfKbF80nOZfn9rK/xTsvnUxN0=",
    "react-dom/umd/react-dom.production.min.js": "sha256-NfT5dPSyvNRNpzljNH+JUuNB+DkJ5EmCJ9Tia5j2bw0=",
    "graphiql/graphiql.min.js": "sha256-hnImuor1znlJkD/FOTL3jayfS/xsyNoP04abi8bFJWs=",
    "graphql-ws/umd/graphql-ws.min.js": "sha256-i9sFt4UDlMV18eD3V3sIZiBbzYHIUn5nfVNlEK0fJQ0=",
}
OWN_FILES = (
    PARTS / "brand.css",
    FOLDER / "page.css",
    PARTS / "requests.js",
    FOLDER / "subscriptions.js",
    FOLDER / "bar.js",
    FOLDER / "page.js",
)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page; with `content` it is served by us, otherwise by the CDN."""

    url: str
    integrity: str
    content: bytes | None = None

    @property
    def tag(self) -> str:
        """Return the HTML element that loads the file."""
        checked = f'integrity="{self.integrity}" crossorigin="anonymous"'
        if self.url.endswith(".css"):
            return f'<link rel="stylesheet" href="{self.url}" {checked}>'
        return f'<script defer src="{self.url}" {checked}></script>'


def page_files(packages: Path = PACKAGES) -> list[PageFile]:
    """Return the files in order of loading; if one package is not installed, all packages come from the CDN."""
    own = [_served(file) for file in OWN_FILES]
    installed = all((packages / path).is_file() for path in PACKAGE_FILES)
    if installed:
        return [*(_served(packages / path, integrity) for path, integrity in PACKAGE_FILES.items()), *own]
    versions = json.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    return [*(_from_cdn(path, integrity, versions) for path, integrity in PACKAGE_FILES.items()), *own]


def integrity_of(content: bytes) -> str:
    """Return the value of the `integrity` attribute for that content (W3C Subresource Integrity)."""
    return "sha256-" + b64encode(hashlib.sha256(content).digest()).decode()


def _served(file: Path, integrity: str | None = None) -> PageFile:
    """Return a file whose name contains a hash of its content, so that browsers may cache it for ever."""
    content = file.read_bytes()
    name = f"{file.stem}-{hashlib.sha256(content).hexdigest()[:16]}{file.suffix}"
    return PageFile(f"{ADDRESS}/{name}", integrity or integrity_of(content), content)


def _from_cdn(path: str, integrity: str, versions: dict[str, str]) -> PageFile:
    package, _, file = path.partition("/")
    return PageFile(f"{CDN}/npm/{package}@{versions[package]}/{file}", integrity)
