"""Writing of messages: headers without typed text, a text part, and an HTML part with the same content."""

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from models.account import Language
from models.message import Message
from usecases.mail.facts import LABELLED, Fact, readable
from usecases.mail.links import link, verify_site
from usecases.mail.message_head import MessageHead, subject
from usecases.mail.message_kind import MessageKind
from usecases.texts import LOCALES, has_part, wording

_TEMPLATES = Environment(
    loader=FileSystemLoader(LOCALES / "templates"),
    autoescape=select_autoescape(["html.j2"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_HYPHENATED = re.compile(r"\b\w{1,4}-\w{1,12}\b")


class UnwritableAddressError(Exception):
    """The stored address cannot stand in a message header; it is older than the rule that refuses such addresses."""


def write_message(message: Message, head: MessageHead, now: datetime) -> EmailMessage:
    """Return the message as it goes over the wire at that time.

    Raises UnwritableAddressError, LookupError if a text or its fact is missing, and KeyError if the token of a link is
    missing.
    """
    texts = _texts(message, MessageKind(message.kind), head)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = head.sender
    mail["To"] = _addressee(message)
    mail["Subject"] = texts["subject"]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{head.sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail.set_content(_TEMPLATES.get_template("message.txt.j2").render(texts), cte="quoted-printable")
    html = _TEMPLATES.get_template("message.html.j2").render(texts)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.language.value  # last, because setting the content removes all Content- headers
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
    """Return the address for sending: the mailbox as its owner wrote it, the domain in ASCII."""
    return f"{email.rpartition('@')[0]}@{email_key.rpartition('@')[2]}"


def unbroken(text: str) -> Markup:
    """Return HTML in which a short word with a hyphen, such as e-mail or sign-in, stays on one line.

    A style does it and not the non-breaking hyphen U+2011, which fonts of mail programs lack.
    """
    nowrap = Markup('<span style="white-space:nowrap">{}</span>')
    return Markup(_HYPHENATED.sub(lambda word: nowrap.format(word.group()), str(escape(text))))  # noqa: S704 - escaped


_TEMPLATES.filters["unbroken"] = unbroken


def _texts(message: Message, kind: MessageKind, head: MessageHead) -> dict[str, Any]:
    language = message.language
    lines = readable(language, message.facts)
    facts = {name: ", ".join(told) for name, told in lines.items()}
    greeting = "greeting" if facts.get(Fact.NAME) else "greeting-without-name"
    site = verify_site(head.public_url)
    texts: dict[str, Any] = {
        "language": language.value,
        "subject": subject(kind, language),
        "greeting": wording(language, greeting, facts=facts),
        "lead": wording(language, kind, "lead", facts),
        "facts": [(wording(language, f"fact-{fact}"), lines[fact]) for fact in LABELLED if facts.get(fact)],
        "link": link(head.public_url, kind, message.secrets or {}),
        "contact": _contact(language, kind, head),
        "genuine": wording(language, "genuine", facts={"code": message.verification_code}),
        "genuine_advice": wording(language, "genuine-advice", facts={"site": site}),
    }
    left_out = set() if texts["link"] else {"alarm", "button", "until"}
    left_out |= set() if Fact.UNTIL in facts else {"until"}
    for part in ("alarm", "button", "until", "advice"):
        asked = has_part(language, kind, part) and part not in left_out
        texts[part] = wording(language, kind, part, facts) if asked else None
    for key in ("link-by-hand", "signature", "automatic"):
        texts[key.replace("-", "_")] = wording(language, key)
    return texts


def _contact(language: Language, kind: MessageKind, head: MessageHead) -> str | None:
    """Return the line about customer service, if the message needs it and the contact is set."""
    if not kind.contact or head.contact is None:
        return None
    return wording(language, "contact", facts={"contact": head.contact})
