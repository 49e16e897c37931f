"""Global ids: opaque, with one spelling each; type and object (GraphQL Global Object Identification)."""

import base64
import re
from uuid import UUID

# Clients store ids that contain these numbers: never renumber, never reuse.
KINDS = {
    "Account": 1,
    "Organization": 2,
    "Membership": 3,
    "Service": 4,
    "ServiceAccess": 5,
    "LegacyCode": 6,
    "CustomerNumber": 7,
    "Session": 8,
    "Message": 9,
    "AuditEntry": 10,
}
_BY_NUMBER = {number: kind for kind, number in KINDS.items()}
# 18 bytes fill 24 characters, so each id has one spelling. Python's decoder would also accept + and / for - and _.
_SHAPE = re.compile(r"[A-Za-z0-9_-]{24}", re.ASCII)
_PREFIXES = {kind: bytes([number]) for kind, number in KINDS.items()}


def encode(kind: str, identity: UUID) -> str:
    """Return the global id of an object of that kind."""
    return base64.urlsafe_b64encode(_PREFIXES[kind] + identity.bytes + b"\0").decode()


def decode(global_id: str) -> tuple[str, UUID] | None:
    """Return the kind and the id; None if the text is not a global id."""
    if not _SHAPE.fullmatch(global_id):
        return None
    packed = base64.urlsafe_b64decode(global_id)
    kind = _BY_NUMBER.get(packed[0])
    return (kind, UUID(bytes=packed[1:17])) if kind is not None and packed[17] == 0 else None
