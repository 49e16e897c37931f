"""Every message in every language, and attempts of strangers to inject text into it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from fluent.syntax import FluentParser, FluentSerializer, ast
from uuid_utils.compat import uuid7

from models.account import Language
from models.db.clock import now
from models.message import Message
from usecases.mail.facts import FactValue, stored
from usecases.mail.masking import LONGEST, masked, plain
from usecases.mail.message_head import MessageHead, subject
from usecases.mail.message_kind import MessageKind
from usecases.mail.writing import unbroken, write_message
from usecases.texts import LOCALES, moment, wording

BASE = "https://omaposti.example/tunnus"
HEAD = MessageHead(BASE, Address("OmaPosti", "no-reply", "omaposti.example"))
TOKEN = "rst_" + "Ab-_" * 10 + "xyz"
CODE = "ABCDE-FGHJK-MNPQR"
FACTS = {
    "until": "2026-01-02T22:30:00+00:00",
    "at": "2026-07-01T09:05:00+00:00",
    "device": "Firefox, Linux",
    "country": "FI",
    "city": "Tampere",
}
PLACES = {Language.FI: "Tampere, Suomi", Language.SV: "Tampere, Finland", Language.EN: "Tampere, Finland"}
CONTACT = "https://posti.example/help, 0800 123 456"
EVERY = list(product(MessageKind, Language))
ALARMS = [kind for kind in MessageKind if kind.is_alarm]


def written(kind: MessageKind, language: Language, name: str = "Liisa Äijälä", **facts: str) -> EmailMessage:
    """Return the message as it arrives from a sender without a contact."""
    return arrived(kind, language, facts | {"name": name}, HEAD)


def arrived(kind: MessageKind, language: Language, facts: dict[str, str], head: MessageHead) -> EmailMessage:
    """Return the message as it arrives, parsed from its bytes."""
    raw = write_message(_message(kind, language, facts), head, now()).as_bytes()
    assert raw.isascii(), "any mail server takes it"
    assert max(map(len, raw.split(b"\r\n"))) <= 998, "RFC 5322, 2.1.1"
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail


def _message(kind: MessageKind, language: Language, facts: dict[str, Any]) -> Message:
    return Message(
        id=uuid7(),
        kind=kind,
        language=language,
        email="Liisa.Äijälä@Söder.example".replace("Äijälä", "A"),
        email_key="liisa.a@xn--sder-5qa.example",
        facts=facts,
        secrets={"token": TOKEN} if kind.any_link else None,
        verification_code=CODE,
    )


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return the text part and the HTML part, which stand in this order."""
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    return tuple(part.get_content() for part in mail.iter_parts())


class _Reader(HTMLParser):
    """The HTML as a mail program reads it: its words, its links, and all its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._data: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self._data.append(data)

    @property
    def text(self) -> str:
        """Return the words with single spaces."""
        return " ".join("".join(self._data).split())


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_message_says_everything_in_every_language(kind: MessageKind, language: Language) -> None:
    mail = written(kind, language, **FACTS)
    text, html = parts(mail)
    read = _Reader(html)
    assert mail["Subject"] == subject(kind, language)
    assert mail["Content-Language"] == language
    for needed in ("Liisa Äijälä", CODE, "Firefox, Linux", PLACES[language], wording(language, kind, "lead")):
        assert needed in text
        assert needed in read.text
    assert "{" not in text
    links = [f"{BASE}{kind.any_link.page}#token={TOKEN}"] if kind.any_link else []
    assert set(read.links) == set(links)
    assert set(re.findall(r"https?://\S+", text)) == set(read.links)
    assert not read.tags & {"img", "script", "form", "iframe", "link"}, "nothing is fetched, nothing runs"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_unknown_facts_are_left_out(kind: MessageKind, language: Language) -> None:
    text, _ = parts(written(kind, language, name=""))
    assert text.startswith(wording(language, "greeting-without-name"))
    assert "None" not in text


def test_moments_are_told_in_finnish_time_in_each_language() -> None:
    told = {language: parts(written(MessageKind.PASSWORD_RESET, language, **FACTS))[0] for language in Language}
    plain_spaces = {language: text.replace("\u00a0", " ") for language, text in told.items()}
    assert "3.1.2026 klo 0.30 Suomen aikaa" in plain_spaces[Language.FI]
    assert "1.7.2026 kl. 12.05 finsk tid" in plain_spaces[Language.SV]
    assert "3 January 2026 at 0:30 Finnish time" in plain_spaces[Language.EN]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_message_id_is_typed_on_the_site_and_never_linked(kind: MessageKind, language: Language) -> None:
    """A forged message would link to a page of its own that says "genuine"."""
    for part in parts(written(kind, language)):
        assert f"{wording(language, 'genuine', facts={'code': CODE})}" in part
        assert "omaposti.example/tunnus/message" in part
        assert CODE not in "".join(_Reader(part).links)
        assert "://omaposti.example/tunnus/message" not in part


@pytest.mark.parametrize("language", Language)
def test_network_is_never_told(language: Language) -> None:
    """A waiting message from before places existed holds its network under the name of the place."""
    for facts in ({"place": "192.0.2.0/24"}, {"place": "192.0.2.0/24", **FACTS}):
        for part in parts(written(MessageKind.SIGNED_IN_FROM_NEW_DEVICE, language, **facts)):
            assert "192.0" not in part
            assert "/24" not in part


@pytest.mark.parametrize("language", Language)
def test_contact_stands_in_alarms_and_nowhere_else(language: Language) -> None:
    head = replace(HEAD, contact=CONTACT)
    telling = {
        kind for kind in MessageKind if all(CONTACT in part for part in parts(arrived(kind, language, {}, head)))
    }
    assert telling == {kind for kind in MessageKind if kind.contact}
    assert telling >= {*ALARMS, MessageKind.EMAIL_CHANGED_NOTICE}
    for kind in MessageKind:
        text, html = parts(written(kind, language))
        assert wording(language, "contact", facts={"contact": ""}).rstrip() not in text + html, "left out unless set"


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_facts_are_never_a_bulleted_list(kind: MessageKind, language: Language) -> None:
    text, html = parts(written(kind, language, **FACTS))
    assert not _Reader(html).tags & {"ul", "ol", "li"}
    assert not [line for line in text.splitlines() if line.startswith(("- ", "* "))]


def test_fact_with_several_values_is_told_on_a_line_each() -> None:
    organizations: list[FactValue] = ["Kuljetus Aho Oy", {"name": "Virta Oy", "until": "2026-01-02T22:30:00+00:00"}]
    facts = stored({"organization": organizations, "until": "2026-01-02T22:30:00+00:00", "name": "Liisa"})
    for language in Language:
        message = _message(MessageKind.ADMINISTRATOR_AT_RISK, language, facts)
        mail = message_from_bytes(write_message(message, HEAD, now()).as_bytes(), policy=SMTP)
        assert isinstance(mail, EmailMessage)
        text, html = parts(mail)
        second = f"Virta Oy, {moment(language, '2026-01-02T22:30:00+00:00')}"
        label = wording(language, "fact-organization")
        assert f"{label}:\n    Kuljetus Aho Oy\n    {second}\n" in text.replace("\r\n", "\n")
        assert f"Kuljetus Aho Oy<br>{second}</strong>" in html


def test_moment_and_texts_of_a_list_are_stored_as_json() -> None:
    at = datetime(2026, 1, 2, 22, 30, tzinfo=UTC)
    assert stored([{"name": "A", "at": at}, "B"]) == [{"name": "A", "at": "2026-01-02T22:30:00+00:00"}, "B"]


def test_short_words_with_a_hyphen_are_kept_on_one_line() -> None:
    assert unbroken("by e-mail <b>") == 'by <span style="white-space:nowrap">e-mail</span> &lt;b&gt;'
    assert "nowrap" not in unbroken("OmaPosti-tilisi - tai 2026 -x")
    for language in (Language.SV, Language.EN):
        html = parts(written(MessageKind.SIGN_UP_CONFIRM, language))[1].partition("<h1")[2]
        assert not re.findall(r"(?<!nowrap\">)\be-(?:mail|post)", html)


def test_the_catalogues_have_the_same_texts_with_the_same_gaps() -> None:
    shapes = {language: shape((LOCALES / language / "messages.ftl").read_text("utf-8")) for language in Language}
    assert shapes[Language.FI] == shapes[Language.SV] == shapes[Language.EN]


def shape(catalogue: str) -> dict[str, list[str]]:
    """Return each text's parts and variables, by its key."""
    body = FluentParser().parse(catalogue).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    messages = [entry for entry in body if isinstance(entry, ast.Message)]
    return {
        entry.id.name: [part.id.name for part in entry.attributes] + sorted(re.findall(r"\{ \$\w+ \}", _source(entry)))
        for entry in messages
    }


def _source(entry: ast.Message) -> str:
    return FluentSerializer().serialize_entry(entry)


@pytest.mark.parametrize("kind", ALARMS)
def test_alarm_stored_before_alarms_had_links_has_none(kind: MessageKind) -> None:
    message = Message(id=uuid7(), kind=kind, language=Language.EN, email="a@b.fi", email_key="a@b.fi", facts={})
    message.verification_code = CODE
    mail = message_from_bytes(write_message(message, HEAD, now()).as_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    for part in parts(mail):
        assert wording(Language.EN, kind, "lead") in _Reader(part).text
        assert "press the button" not in _Reader(part).text
        assert "http" not in part.partition("</head>")[2]


B12 = [
    "Bob\r\nBcc: evil@x.example",
    "Bob\nBcc: evil@x.example",
    "Bob\rBcc: evil@x.example",
    "Bob\u2028Bcc: evil@x.example\u2029.",
    "Bob\x00\x0b\x0c\x1c\x85Bcc: evil@x.example",
    "=?utf-8?q?Bob=0D=0ABcc:_evil=40x.example?=",
    "Bob\r\n\r\n--boundary\r\nContent-Type: text/html\r\n\r\n<b>",
    "B" * 10_000,
]


@pytest.mark.parametrize("name", B12)
@pytest.mark.parametrize("kind", [MessageKind.PASSWORD_RESET, MessageKind.SIGNED_IN_FROM_NEW_DEVICE])
def test_b12_a_typed_name_adds_no_header_and_no_recipient(name: str, kind: MessageKind) -> None:
    mail, honest = (
        written(kind, Language.EN, name, device=name, city=name, country=name),
        written(kind, Language.EN, "Bob"),
    )
    assert mail.keys() == honest.keys()
    assert mail.get_all("To") == ["Liisa.A@xn--sder-5qa.example"]
    assert mail["Subject"] == honest["Subject"]
    assert [part.get_content_type() for part in mail.walk()] == [part.get_content_type() for part in honest.walk()]
    text, _ = parts(mail)
    assert "evil@" not in text
    assert max(map(len, text.splitlines()[:1])) <= len("Hello ,") + LONGEST


B26 = [
    "<a href=//evil>Pay</a>",
    "<img src=x onerror=alert(1)>",
    "Pay at http://evil.tk now",
    "evil.tk",
    "www.evil",
    "evil．tk",
    "http:\\\\evil.tk",
    "pay@evil.tk",
    "javascript://%0aalert(1)",
    "\u202eelif.tk\u202c",
    "{{ 7*7 }} { $code } &lt;b&gt;",
    "A" * 500,
]


@pytest.mark.parametrize("name", B26)
def test_b26_a_typed_name_is_no_markup_and_no_link(name: str) -> None:
    text, html = parts(written(MessageKind.SIGNED_IN_FROM_NEW_DEVICE, Language.EN, name, device=name))
    honest = _Reader(parts(written(MessageKind.SIGNED_IN_FROM_NEW_DEVICE, Language.EN, "Bob", device="x"))[1])
    read = _Reader(html)
    assert (read.links, read.tags) == (honest.links, honest.tags)
    assert set(re.findall(r"https?://\S+", text)) == set(honest.links)
    assert not re.search(r"evil[.．]|elif\.|www\.|@evil", text)
    assert "49" not in text, "typed text is never a template"
    assert len(text.splitlines()[0]) <= len("Hello ,") + LONGEST


@pytest.mark.parametrize(
    "name", ["Liisa Äijälä", "J.R. Tolkien", "O’Brien-Łukasz", "Matti M.", "Åsa von Öst", "李小龙"]
)
def test_ordinary_name_is_greeted_unchanged(name: str) -> None:
    assert plain(name) == name


def test_an_address_is_masked_so_that_only_its_owner_knows_it() -> None:
    assert masked("liisa.aijala@posti.example") == "l…@posti.example"
