"""Delivery status notifications (RFC 3464): mail servers report which addresses a message did not reach."""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message as Part
from email.parser import BytesHeaderParser
from itertools import islice
from uuid import UUID

LARGEST = 10 * 1024 * 1024  # bytes; a bounce may contain the whole message
MOST_PARTS = 20  # a report has three
MOST_GROUPS = 50  # groups of fields; one for the report and one for each recipient, of whom our messages have one
LONGEST_HEADERS = 64 * 1024  # bytes; the time to parse them grows with their square

_END_OF_HEADERS = re.compile(rb"(?:\A|\r?\n)\r?\n")
_EMPTY_LINES = re.compile(rb"(?:\r?\n){2,}")
_OUR_ID = re.compile(rb"^message-id:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE | re.MULTILINE)
_ADDRESS_FAULT = re.compile(r"5\.(?:0\.0|1\.\d{1,3}|2\.[01]|4\.[14])")


class NotABounceError(Exception):
    """The mail is not a bounce of one of our messages; the text tells the reason."""


class UnreadableBounceError(Exception):
    """The mail claims to be a bounce, but no mail server writes such a one; the text tells the reason."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report's part on one recipient; `status` is the enhanced code (RFC 3463)."""

    message_id: UUID
    recipient_key: str
    status: str


def is_address_fault(status: str) -> bool:
    """Return whether an enhanced status code means that the mailbox does not exist.

    A full mailbox, a message too large or a policy is not the address's fault. Exchange Online answers 5.4.1 for an
    unknown person.
    """
    return _ADDRESS_FAULT.fullmatch(status) is not None


def read_bounce(report: bytes) -> list[Bounce]:
    """Return the report's parts on recipients for whom delivery has failed, for good or for now.

    Only the report's own parts are read, never parts within a part. The returned message may be nested so deep that a
    parser of all of it would fail. Raises NotABounceError for any other mail, also for a report without the id of one
    of our messages. Raises UnreadableBounceError for a report that no honest mail server writes.
    """
    if len(report) > LARGEST:
        raise UnreadableBounceError(f"the mail is larger than {LARGEST:,} bytes")
    mail, body = _entity(report)
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        raise NotABounceError("this is no delivery status notification (multipart/report, RFC 3464)")
    message_id = _returned_id(report)
    failed = [group for group in _groups(mail, body) if str(group.get("Action", "")).strip().lower() == "failed"]
    return [
        Bounce(message_id, _recipient(group), str(group.get("Status", "")).split(" ")[0].strip()) for group in failed
    ]


def _groups(mail: Part, body: bytes) -> list[Part]:
    """Return the groups of fields in the report's status parts: one for the report, and one for each recipient."""
    entities = [_entity(part) for part in _parts(mail, body)]
    statuses = [content for head, content in entities if head.get_content_type() == "message/delivery-status"]
    if not statuses:
        raise UnreadableBounceError("the report has no message/delivery-status part of its own")
    groups = [group for content in statuses for group in _EMPTY_LINES.split(content.strip(), MOST_GROUPS)]
    if len(groups) > MOST_GROUPS:
        raise UnreadableBounceError(f"the report has more than {MOST_GROUPS} groups of fields")
    return [_headers(group) for group in groups]


def _parts(mail: Part, body: bytes) -> list[bytes]:
    """Return the parts between the boundaries of a report (RFC 2046, 5.1.1); the last boundary may be missing."""
    boundary = (mail.get_boundary() or "").encode("utf-8", "surrogateescape")
    delimiter = re.compile(rb"^--%b(?:--)?[ \t]*\r?(?:\n|\Z)" % re.escape(boundary), re.MULTILINE)
    found = list(islice(delimiter.finditer(body), MOST_PARTS + 1)) if boundary else []
    if len(found) > MOST_PARTS:
        raise UnreadableBounceError(f"the report has more than {MOST_PARTS} parts")
    ends = [mark.start() for mark in found[1:]] + [len(body)] * bool(found)
    return [body[mark.end() : end] for mark, end in zip(found, ends, strict=True)]


def _entity(text: bytes) -> tuple[Part, bytes]:
    """Return the headers and the body of a mail or of one of its parts."""
    end = _END_OF_HEADERS.search(text)
    return (_headers(text[: end.start()]), text[end.end() :]) if end else (_headers(text), b"")


def _headers(text: bytes) -> Part:
    if len(text) > LONGEST_HEADERS:
        raise UnreadableBounceError(f"the headers are longer than {LONGEST_HEADERS:,} bytes")
    # compat32 accepts any bytes: a stranger writes the report, and it must never cause an error of ours.
    return BytesHeaderParser(policy=policy.compat32).parsebytes(text)


def _returned_id(report: bytes) -> UUID:
    """Return the id of the returned message; the report's own id comes before it."""
    found = _OUR_ID.findall(report)
    if not found:
        raise NotABounceError("the report does not bring back the Message-ID of a message of ours")
    return UUID(found[-1].decode())


def _recipient(group: Part) -> str:
    """Return the key of the address in a recipient's group: the original one if the group has it."""
    named = str(group.get("Original-Recipient") or group.get("Final-Recipient") or "")
    key = named.partition(";")[2].strip().strip("<>").lower()
    return key if key.isprintable() else ""  # our keys have no NUL or lone surrogate, and no database accepts them
