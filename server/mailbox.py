"""/dev/mailbox: the letters as a person would see them, in development without a mail server."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from server.landing import LANDINGS
from server.settings import Settings

PAGES = Path(__file__).parent / "mailbox_pages"
SHOWN = 200  # letters in the list

_TEMPLATES = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
_OWN = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
# A letter may hold what a stranger typed: it is shown without scripts, cookies or an origin, as a mail program does.
_LETTER = {
    "content-security-policy": "sandbox allow-top-navigation-by-user-activation; default-src 'none'; "
    "style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
}


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter in the folder."""

    id: UUID
    mail: EmailMessage

    @property
    def subject(self) -> str:
        """Return its subject."""
        return str(self.mail["Subject"])

    @property
    def to(self) -> str:
        """Return whom it is to."""
        return str(self.mail["To"])

    @property
    def date(self) -> str:
        """Return when it was sent."""
        return str(self.mail["Date"])

    def part(self, kind: str) -> str:
        """Return its `plain` or `html` part."""
        found = self.mail.get_body((kind,))
        return str(found.get_content()) if found is not None else ""


def mailbox_folder(settings: Settings) -> Path:
    """Return where the letters are kept."""
    return settings.data_dir / "mailbox"


def mailbox_routes(settings: Settings) -> list[Route]:
    """Return the mailbox and the pages that its links open; none wherever letters go out for real."""
    if not settings.shows_mailbox:
        return []
    mailbox = Mailbox(mailbox_folder(settings))
    return [
        Route("/dev/mailbox", mailbox.list),
        Route("/dev/mailbox/{id:uuid}", mailbox.letter),
        Route("/dev/mailbox/{id:uuid}/html", mailbox.html),
        Route("/dev/mailbox.css", lambda _: FileResponse(PAGES / "mailbox.css")),
        Route("/dev/landing.js", lambda _: FileResponse(PAGES / "landing.js")),
        *(Route(path, _landing) for path in LANDINGS),
    ]


class Mailbox:
    """The pages over one folder; plain functions, which Starlette runs beside the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self, _: Request) -> Response:
        """Answer with the letters, newest first."""
        newest = sorted(self._folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
        return _page("list.html.j2", letters=[_read(file) for file in newest[:SHOWN]])

    def letter(self, request: Request) -> Response:
        """Answer with one letter: its headers, and both of its parts."""
        letter = self._find(request)
        return _page("letter.html.j2", letter=letter, headers=letter.mail.items(), text=letter.part("plain"))

    def html(self, request: Request) -> Response:
        """Answer with the HTML part alone; its links open in the whole window."""
        html = self._find(request).part("html").replace("<head>", '<head><base target="_top">', 1)
        return HTMLResponse(html, headers=_LETTER)

    def _find(self, request: Request) -> KeptLetter:
        file = self._folder / f"{request.path_params['id']}.eml"
        if not file.is_file():
            raise HTTPException(404)
        return _read(file)


def _landing(request: Request) -> Response:
    """Answer with what a link's page would do, without doing it: mail scanners open links too."""
    return _page("landing.html.j2", page=LANDINGS[request.scope["path"]])


def _page(template: str, **values: object) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(values), headers=_OWN)


def _read(file: Path) -> KeptLetter:
    mail = message_from_bytes(file.read_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return KeptLetter(UUID(file.stem), mail)
