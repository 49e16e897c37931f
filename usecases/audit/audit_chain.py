"""Verification of the audit chain: computes again in Python the hashes that the database computed at each commit.

docs/decisions/0007-audit-chain.md defines the content of a link, so that an auditor can verify it without our code.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

BATCH_SIZE = 2_000  # links; a few megabytes of memory, for a history of any length
FIRST = bytes(32)  # stands for the predecessor's hash in the first link of a lane


class Fault(StrEnum):
    """Ways in which a chain can be broken."""

    LINK_MISSING = "a link before this one is missing"
    ENTRY_MISSING = "the entry of this link is gone"
    ENTRY_CHANGED = "the entry or its link is not what it was"
    ORIGIN_CHANGED = "the address or the browser is not what it was"
    CHANGES_CHANGED = "the changes are not what they were"
    NOTED_CHANGED = "the link is not the one that was noted earlier"
    NOTED_MISSING = "the link that was noted earlier is gone"
    NOT_CHAINED = "the entry has no link"
    ERASED_WITHOUT_REASON = "what is personal in the entry was erased, although its account was not"


class Head(NamedTuple):
    """The last link of a lane; a copy kept elsewhere shows later whether links were cut off or rewritten."""

    position: int = 0
    hash: bytes = FIRST


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which the history cannot be trusted."""

    fault: Fault
    entry_id: UUID | None = None
    lane: int | None = None
    position: int | None = None


@dataclass(slots=True)
class ChainReport:
    """Result of a verification:

    the number of valid entries, the head of each lane, and the first break if there is one.
    """

    entries: int = 0
    heads: dict[int, Head] = field(default_factory=dict)
    broken: Break | None = None


Heads: TypeAlias = Mapping[int, Head]
Link: TypeAlias = Row[Any]

_COUNT = text("SELECT count(*) FROM audit_links")
_LINKS = text("""
    SELECT l.lane, l.position, l.entry_id, l.origin_digest, l.changes_digest, l.hash, e.id,
        (extract(epoch FROM e.at) * 1000000)::bigint AS microseconds, e.action, e.result, e.actor_id, e.actor_name,
        e.subject_id, e.organization_id, e.session_id, e.request_id, e.origin_salt, e.address, e.user_agent,
        e.changes_salt, e.changes::text AS changes
    FROM audit_links AS l LEFT JOIN audit_entries AS e ON e.id = l.entry_id
    WHERE (l.lane, l.position) > (:lane, :position) ORDER BY l.lane, l.position LIMIT :batch
""")
_NOT_CHAINED = text("""
    SELECT e.id FROM audit_entries AS e WHERE NOT EXISTS (SELECT 1 FROM audit_links AS l WHERE l.entry_id = e.id)
    ORDER BY e.id LIMIT 1
""")
_ERASED_WITHOUT_REASON = text("""
    SELECT e.id FROM audit_entries AS e
    WHERE e.origin_salt IS NULL AND NOT EXISTS (
            SELECT 1 FROM accounts AS a WHERE a.id = coalesce(e.actor_id, e.subject_id) AND a.status = 'ERASED')
        OR e.changes_salt IS NULL AND NOT EXISTS (
            SELECT 1 FROM accounts AS a WHERE a.id = e.subject_id AND a.status = 'ERASED')
    ORDER BY e.id LIMIT 1
""")


async def count_links(db: AsyncSession) -> int:
    """Return the number of links to verify."""
    return int(await db.scalar(_COUNT) or 0)


async def verify_chain(db: AsyncSession, noted: Heads, verified: Callable[[int], None]) -> ChainReport:
    """Verify every lane from its first link to its last, and stop at the first break.

    `noted` are heads of an earlier verification, kept where attackers of the database cannot write. `verified` is
    called with the number of links checked since its last call.
    """
    verdict = ChainReport()
    async for links in _batches(db):
        for link in links:
            fault = _fault(link, verdict.heads.get(link.lane, Head()), noted.get(link.lane))
            if fault is not None:
                verdict.broken = Break(fault, link.entry_id, link.lane, link.position)
                return verdict
            verdict.heads[link.lane] = Head(link.position, link.hash)
            verdict.entries += 1
        verified(len(links))
    verdict.broken = _cut_off(verdict.heads, noted) or await _break_outside_the_lanes(db)
    return verdict


async def _batches(db: AsyncSession) -> AsyncIterator[list[Link]]:
    place = {"lane": -1, "position": 0}
    while True:
        links = list(await db.execute(_LINKS, place | {"batch": BATCH_SIZE}))
        if not links:
            return
        yield links
        place = {"lane": links[-1].lane, "position": links[-1].position}


def _fault(link: Link, former: Head, noted: Head | None) -> Fault | None:
    """Return the fault of a link that should follow `former`, or None."""
    if link.position != former.position + 1:
        return Fault.LINK_MISSING
    if link.id is None:
        return Fault.ENTRY_MISSING
    if link.hash != hashlib.sha256(former.hash + _spelled(link)).digest():
        return Fault.ENTRY_CHANGED
    if noted is not None and link.position == noted.position and link.hash != noted.hash:
        return Fault.NOTED_CHANGED
    return _fault_of_content(link)


def _fault_of_content(link: Link) -> Fault | None:
    """Return the fault of the erasable parts, or None; the link holds only their digests."""
    origin = _json([link.address, link.user_agent])
    if link.origin_salt is not None and link.origin_digest != _digest(link.origin_salt, origin):
        return Fault.ORIGIN_CHANGED
    if link.changes_salt is not None and link.changes_digest != _digest(link.changes_salt, link.changes):
        return Fault.CHANGES_CHANGED
    return None


def _spelled(link: Link) -> bytes:
    """Return the canonical bytes that the hash of a link is computed from."""
    ids = [link.subject_id, link.organization_id, link.session_id]
    subject, organization, opened = (str(identity) if identity is not None else None for identity in ids)
    actor = str(link.actor_id) if link.actor_id is not None else None
    digests = [link.origin_digest.hex(), link.changes_digest.hex()]
    said = [str(link.id), link.microseconds, link.action, link.result, actor, link.actor_name]
    return _json([link.lane, link.position, *said, subject, organization, opened, link.request_id, *digests]).encode()


def _json(values: list[object]) -> str:
    """Return the array as PostgreSQL writes it."""
    return json.dumps(values, ensure_ascii=False)


def _digest(salt: UUID, content: str) -> bytes:
    return hashlib.sha256(salt.bytes + content.encode()).digest()


def _cut_off(heads: Heads, noted: Heads) -> Break | None:
    for lane, head in noted.items():
        if heads.get(lane, Head()).position < head.position:
            return Break(Fault.NOTED_MISSING, lane=lane, position=head.position)
    return None


async def _break_outside_the_lanes(db: AsyncSession) -> Break | None:
    for question, fault in (
        (_NOT_CHAINED, Fault.NOT_CHAINED),
        (_ERASED_WITHOUT_REASON, Fault.ERASED_WITHOUT_REASON),
    ):
        entry_id: UUID | None = await db.scalar(question)
        if entry_id is not None:
            return Break(fault, entry_id)
    return None
