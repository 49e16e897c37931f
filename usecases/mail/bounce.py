"""Letters that come back: delivery status notifications (RFC 3464), and the addresses they prove wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message as Part
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.message import Message
from usecases.mail.outbox import mark_undeliverable

BELIEVED_FOR = timedelta(days=14)  # mail servers give up after five days; a bounce that is much later proves nothing
MOST_RECIPIENTS = 20  # in one report, each of whom is looked up

_OUR_ID = re.compile(rb"^message-id:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE | re.MULTILINE)
_ADDRESS_FAULT = re.compile(r"5\.(?:0\.0|1\.\d{1,3}|2\.[01]|4\.[14])")


class NotABounceError(Exception):
    """The mail is not a bounce of a letter of ours; the message tells why."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient's part of a report; `status` is the enhanced code (RFC 3463)."""

    message_id: UUID
    recipient_key: str
    status: str


def is_address_fault(status: str) -> bool:
    """Return whether an enhanced status code says that there is no such mailbox, for good.

    A full mailbox, a letter too large or a policy is not the address's fault; 5.4.1 is how Exchange Online says that it
    knows no such person.
    """
    return _ADDRESS_FAULT.fullmatch(status) is not None


def read_bounce(report: bytes) -> list[Bounce]:
    """Return what a report says of each recipient for whom delivery has failed for good or for now.

    Raises NotABounceError for any other mail, and for a report without the id of a letter of ours.
    """
    # compat32 takes any bytes as they come: a report is written by a stranger and must never be a fault of ours.
    mail = message_from_bytes(report, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        raise NotABounceError("this is no delivery status notification (multipart/report, RFC 3464)")
    message_id = _returned_id(report)
    statuses = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    groups = [group for part in statuses for group in part.get_payload() or () if isinstance(group, Part)]
    if len(groups) > MOST_RECIPIENTS:
        raise NotABounceError(f"it names more than {MOST_RECIPIENTS} recipients, and a message of ours has one")
    failed = [group for group in groups if str(group.get("Action", "")).strip().lower() == "failed"]
    return [
        Bounce(message_id, _recipient(group), str(group.get("Status", "")).split(" ")[0].strip()) for group in failed
    ]


async def record_bounces(session: AsyncSession, bounces: Iterable[Bounce], now: datetime) -> int:
    """Date the letters that came back and mark the addresses at fault; return how many those are.

    A report is believed when it names a letter by its id and the address it went to: only who got the letter knows
    both, so nobody can silence another's mail with a forged bounce.
    """
    faults = 0
    for bounce in bounces:
        found = select(Message).where(
            Message.id == bounce.message_id,
            Message.email_key == bounce.recipient_key,
            Message.created_at > now - BELIEVED_FOR,
        )
        letter = await session.scalar(found.with_for_update())
        if letter is None or not is_address_fault(bounce.status):
            continue
        letter.bounced_at = letter.bounced_at or now
        await mark_undeliverable(session, letter, now, f"bounced: {bounce.status}")
        faults += 1
    await session.flush()
    return faults


def _returned_id(report: bytes) -> UUID:
    """Return the id of the letter that comes back with the report; the report's own id stands before it."""
    found = _OUR_ID.findall(report)
    if not found:
        raise NotABounceError("the report does not bring back the Message-ID of a letter of ours")
    return UUID(found[-1].decode())


def _recipient(group: Part) -> str:
    """Return the key of the address that a recipient's group names, as we had written it if it says so."""
    named = group.get("Original-Recipient") or group.get("Final-Recipient") or ""
    return str(named).partition(";")[2].strip().strip("<>").lower()
