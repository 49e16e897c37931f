"""GraphiQL at `GET /graphql` for browsers that open the address; the endpoint gets all other requests."""

import json
import mimetypes
from html import escape
from pathlib import Path
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from server.config.settings import Settings
from server.dev.graphiql_assets import ADDRESS, FOLDER, PACKAGES, page_files
from server.http.content_negotiation import prefers_html
from server.http.request import HttpRequest
from usecases.demo import DOMAIN, PASSWORD, PEOPLE

_CDN_NOTICE = (
    '<p class="notice">GraphiQL comes from a CDN here: run <code>make setup</code> with npm for an offline copy.</p>'
)
_MAILBOX = '<a href="/dev/mailbox">Mailbox</a>'


def graphiql_routes(settings: Settings, packages: Path = PACKAGES) -> list[Route]:
    """Return the routes of GraphiQL, to stand before the endpoint's; an empty list if it is switched off."""
    if not settings.shows_graphiql:
        return []
    graphiql = GraphiQL(settings, packages)
    return [BrowserRoute("/graphql", graphiql.page), Route(f"{ADDRESS}/{{name}}", graphiql.asset)]


class BrowserRoute(Route):
    """Matches requests of a browser that opens a page; others fall through to the next routes."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return a match for a GET whose Accept header prefers HTML."""
        match, child_scope = super().matches(scope)
        if match is Match.FULL and prefers_html(HttpRequest.of(scope).headers.get("accept", "")):
            return match, child_scope
        return Match.NONE, {}


class GraphiQL:
    """The page and its files, read once."""

    def __init__(self, settings: Settings, packages: Path) -> None:
        files = page_files(packages)
        self._assets = {file.url.rpartition("/")[2]: file.content for file in files if file.content is not None}
        foreign = [file.url for file in files if file.content is None]
        self._html = Template((FOLDER / "page.html").read_text("utf-8")).substitute(
            files="\n".join(file.tag for file in files),
            cast=_demo_cast() if settings.demo else "",
            mailbox=_MAILBOX if settings.shows_dev_mailbox else "",
            notice=_CDN_NOTICE if foreign else "",
            examples=json.dumps(examples()).replace("<", "\\u003c"),
        )
        self._headers = {"content-security-policy": _content_security_policy(foreign), "vary": "accept"}

    async def page(self, _: Request) -> Response:
        """Answer with the page."""
        return Response(self._html, headers=self._headers, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        """Answer with a file of the page; raises HTTPException 404 for any other name."""
        name = request.path_params["name"]
        if name not in self._assets:
            raise HTTPException(404)
        kept = {"cache-control": "public, max-age=31536000, immutable", "cross-origin-resource-policy": "same-origin"}
        return Response(self._assets[name], headers=kept, media_type=mimetypes.guess_type(name)[0])


def examples() -> list[dict[str, str]]:
    """Return the example tabs: a document each, with variables if it needs any."""
    tabs = []
    for document in sorted((FOLDER / "examples").glob("*.graphql")):
        tab = {"query": document.read_text("utf-8")}
        variables = document.with_suffix(".json")
        if variables.is_file():
            tab["variables"] = variables.read_text("utf-8")
        tabs.append(tab)
    return tabs


def _demo_cast() -> str:
    """Return a sign-in button for each person of the demo cast."""
    people = "\n".join(
        f'<li><button type="button" data-email="{escape(name)}@{DOMAIN}">'
        f"<strong>{escape(person.display_name)}</strong> <span>{escape(name)}</span></button></li>"
        for name, person in PEOPLE.items()
    )
    return f"""<section aria-labelledby="cast-heading">
<h2 id="cast-heading">Sign in as one of the demo cast</h2>
<ul id="cast" data-password="{escape(PASSWORD)}">
{people}
</ul>
</section>"""


def _content_security_policy(foreign: list[str]) -> str:
    """Allow our own files, inline styles (GraphiQL's dialogs need them), and exactly these files of other origins."""
    allowed = " ".join(["'self'", *foreign])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src {allowed} 'unsafe-inline'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
