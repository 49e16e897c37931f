"""Writes a message out: headers that hold nothing anybody typed, a text part, and an HTML part that says the same."""

import re
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from models.account import Language
from models.db.clock import now
from models.message import Message, MessageKind
from usecases.mail.enqueue import ALARMS
from usecases.mail.links import link, verify_site
from usecases.mail.masking import plain
from usecases.mail.sender_details import SenderDetails, subject
from usecases.place import place_text
from usecases.texts import LOCALES, has_part, moment, wording

_TEMPLATES = Environment(
    loader=FileSystemLoader(LOCALES / "templates"),
    autoescape=select_autoescape(["html.j2"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_HYPHENATED = re.compile(r"\b\w{1,4}-\w{1,12}\b")
_MOMENTS = ("at", "until")
_TOLD = ("organization", "at", "device", "place", "new_email")
_NOT_TYPED = frozenset({*_MOMENTS, "new_email"})  # `new_email` was validated as an address, so it keeps its @
# Besides alarms, what may need a person at customer service.
WITH_CONTACT = ALARMS | {
    MessageKind.EMAIL_CHANGED_NOTICE,
    MessageKind.PASSWORD_VOIDED,
    MessageKind.ACCOUNT_CLOSED,
    MessageKind.ACCOUNT_SUSPENDED,
    MessageKind.ADMINISTRATOR_AT_RISK,
    MessageKind.ADMINISTRATOR_VACANT,
}


class UnwritableAddressError(Exception):
    """The stored address cannot stand in a message header; an import or a sign-up took it before it was refused."""


def write_message(message: Message, head: SenderDetails) -> EmailMessage:
    """Return the message as it goes over the wire.

    Raises UnwritableAddressError, LookupError when a text or its fact is missing, and KeyError when the token of a link
    is.
    """
    kind = MessageKind(message.kind)
    texts = _texts(message, kind, head)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = head.sender
    mail["To"] = _addressee(message)
    mail["Subject"] = texts["subject"]
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{message.id}@{head.sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail.set_content(_TEMPLATES.get_template("message.txt.j2").render(texts), cte="quoted-printable")
    html = _TEMPLATES.get_template("message.html.j2").render(texts)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.language.value  # last: setting the content takes every Content- header away
    return mail


def _addressee(message: Message) -> Address:
    address = delivery_address(message.email, message.email_key)
    try:
        written = Address(addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:  # the parser of headers raises all three
        raise UnwritableAddressError from error
    if written.addr_spec != address:
        raise UnwritableAddressError
    return written


def delivery_address(email: str, email_key: str) -> str:
    """Return the address for the wire: the mailbox as its owner wrote it, the domain in ASCII."""
    return f"{email.rpartition('@')[0]}@{email_key.rpartition('@')[2]}"


def unbroken(text: str) -> Markup:
    """Return HTML in which a short word with a hyphen, such as e-mail or sign-in, stays on one line.

    By a style and not by the non-breaking hyphen U+2011, which fonts of mail programs lack.
    """
    nowrap = Markup('<span style="white-space:nowrap">{}</span>')
    return Markup(_HYPHENATED.sub(lambda word: nowrap.format(word.group()), str(escape(text))))  # noqa: S704 - escaped


_TEMPLATES.filters["unbroken"] = unbroken


def _texts(message: Message, kind: MessageKind, head: SenderDetails) -> dict[str, Any]:
    language = message.language
    facts = _readable(language, message.facts)
    greeting = "greeting" if facts.get("name") else "greeting-without-name"
    site = verify_site(head.public_url)
    texts: dict[str, Any] = {
        "language": language.value,
        "subject": subject(kind, language),
        "greeting": wording(language, greeting, facts=facts),
        "lead": wording(language, kind, "lead", facts),
        "facts": [(wording(language, f"fact-{fact}"), facts[fact]) for fact in _TOLD if facts.get(fact)],
        "link": link(head.public_url, kind, message.secrets or {}),
        "contact": _contact(language, kind, head),
        "genuine": wording(language, "genuine", facts={"code": message.verification_code}),
        "genuine_advice": wording(language, "genuine-advice", facts={"site": site}),
    }
    left_out = set() if texts["link"] else {"alarm", "button", "until"}
    left_out |= set() if "until" in facts else {"until"}
    for part in ("alarm", "button", "until", "advice"):
        asked = has_part(language, kind, part) and part not in left_out
        texts[part] = wording(language, kind, part, facts) if asked else None
    for key in ("link-by-hand", "signature", "automatic"):
        texts[key.replace("-", "_")] = wording(language, key)
    return texts


def _contact(language: Language, kind: MessageKind, head: SenderDetails) -> str | None:
    """Return the line about customer service where it is needed and known."""
    if kind not in WITH_CONTACT or head.contact is None:
        return None
    return wording(language, "contact", facts={"contact": head.contact})


def _readable(language: Language, facts: Mapping[str, str]) -> dict[str, str]:
    """Return the facts as a message may say them."""
    readable = {name: plain(text) for name, text in facts.items() if name not in _NOT_TYPED}
    readable |= {name: moment(language, facts[name]) for name in _MOMENTS if name in facts}
    if "new_email" in facts:
        readable["new_email"] = facts["new_email"]
    # Messages that wait since before there were places hold a network under that name, which says nothing to people.
    readable["place"] = place_text(language, readable.get("country"), readable.get("city")) or ""
    return readable
