"""/dev/mailbox: shows sent messages in development without a mail server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from server.config.settings import Settings
from server.dev.link_pages import LINK_PAGES
from server.dev.page_parts import PARTS

PAGES = Path(__file__).parent / "static" / "mailbox"
SHOWN = 200  # messages in the list

_TEMPLATES = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_FILES = {
    file.name: file
    for file in (
        PARTS / "brand.css",
        PARTS / "requests.js",
        PAGES / "mailbox.css",
        PAGES / "mailbox.js",
        PAGES / "link_page.js",
    )
}
_OWN = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
# A message may contain text of strangers: it is shown without scripts, cookies or an origin, as in mail programs.
_MESSAGE = {
    "content-security-policy": "sandbox allow-top-navigation-by-user-activation; default-src 'none'; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
}


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message in the list; `sent_at` is in UTC, and a script shows it in the browser's time zone."""

    id: UUID
    subject: str
    to: str
    sent_at: datetime
    language: str


def dev_mailbox_routes(settings: Settings) -> list[Route]:
    """Return the mailbox and the link pages; an empty list when messages are sent over SMTP."""
    if not settings.shows_dev_mailbox:
        return []
    mailbox = DevMailbox(settings)
    return [
        Route("/dev/mailbox", mailbox.overview),
        Route("/dev/mailbox/{id:uuid}", mailbox.message),
        Route("/dev/mailbox/{id:uuid}/html", mailbox.html),
        *(Route(f"/dev/{name}", _asset) for name in _FILES),
        *(Route(path, mailbox.link) for path in LINK_PAGES),
    ]


class DevMailbox:
    """Pages over one folder; plain functions, because Starlette runs those in threads beside the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.mailbox_folder
        self._graphiql = settings.shows_graphiql

    def overview(self, request: Request) -> Response:
        """Answer with the messages, newest first; `to` filters by recipient."""
        wanted = request.query_params.get("to", "").strip()
        kept = self._all()
        found = [message for message in kept if wanted.casefold() in message.to.casefold()]
        return self._page(
            "list.html.j2",
            messages=found[:SHOWN],
            found=len(found),
            wanted=wanted,
            receivers=_receivers(kept),
            current="mailbox",
        )

    def message(self, request: Request) -> Response:
        """Answer with one message: its headers and both parts."""
        file = self._file(request)
        if file is None:
            return self._missing()
        mail = _read(file)
        return self._page(
            "message.html.j2", message=_kept(file), headers=mail.items(), text=_part(mail, "plain"), current="message"
        )

    def html(self, request: Request) -> Response:
        """Answer with the HTML part alone; its links open in the whole window."""
        file = self._file(request)
        if file is None:
            return self._missing()
        html = _part(_read(file), "html").replace("<head>", '<head><base target="_top">', 1)
        return HTMLResponse(html, headers=_MESSAGE)

    def link(self, request: Request) -> Response:
        """Answer with the form of a link's page without running it, because mail scanners open links too."""
        return self._page("link_page.html.j2", page=LINK_PAGES[request.scope["path"]], current="link")

    def _all(self) -> list[KeptMessage]:
        files = [(file.stat().st_mtime_ns, file) for file in self._folder.glob("*.eml")]
        return [_kept(file) for _, file in sorted(files, reverse=True)]

    def _file(self, request: Request) -> Path | None:
        file = self._folder / f"{request.path_params['id']}.eml"
        return file if file.is_file() else None

    def _missing(self) -> Response:
        return self._page("missing.html.j2", status=404, current="missing")

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        html = _TEMPLATES.get_template(template).render(values, graphiql=self._graphiql)
        return HTMLResponse(html, status, headers=_OWN)


def _asset(request: Request) -> Response:
    return FileResponse(_FILES[request.url.path.rpartition("/")[2]])


def _receivers(messages: Iterable[KeptMessage]) -> list[str]:
    """Return the distinct recipients, the latest first."""
    return list(dict.fromkeys(message.to for message in messages))


@lru_cache(maxsize=100_000)
def _kept(file: Path) -> KeptMessage:
    """Read a message's headers once: an open list asks for all messages every two seconds."""
    mail = _read(file)
    return KeptMessage(
        UUID(file.stem),
        str(mail["Subject"]),
        str(mail["To"]),
        mail["Date"].datetime.astimezone(UTC),
        str(mail["Content-Language"] or ""),
    )


def _read(file: Path) -> EmailMessage:
    mail = message_from_bytes(file.read_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def _part(mail: EmailMessage, kind: str) -> str:
    """Return the `plain` or `html` part."""
    found = mail.get_body((kind,))
    return str(found.get_content()) if found is not None else ""
