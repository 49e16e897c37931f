"""Head of a message: the sender and the subject, known before the text is written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.account import Language
from usecases.mail.message_kind import MessageKind
from usecases.texts import wording

if TYPE_CHECKING:
    from email.headerregistry import Address  # a server writes to the outbox, and only the worker to mailboxes


@dataclass(frozen=True, slots=True)
class MessageHead:
    """The parts that all messages share.

    The front end's address without a final slash, the sender, and the contact of customer service, if set.
    """

    public_url: str
    sender: "Address"
    contact: str | None = None


def subject(kind: MessageKind, language: Language) -> str:
    """Return the subject, which is the same for everybody."""
    return wording(language, kind)
