"""Global ids: opaque, of one form only, naming both the type and the object (Global Object Identification)."""

import base64
import re
from uuid import UUID

# The numbers are in ids that clients keep: never renumber, never reuse.
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
# Eighteen bytes fill 24 characters, so that no id has a second spelling (Python would also take + and / for - and _).
_SHAPE = re.compile(r"[A-Za-z0-9_-]{24}", re.ASCII)
_PREFIXES = {kind: bytes([number]) for kind, number in KINDS.items()}


def encode(kind: str, identity: UUID) -> str:
    """Return the global id of an object of that kind."""
    return base64.urlsafe_b64encode(_PREFIXES[kind] + identity.bytes + b"\0").decode()


def decode(global_id: str) -> tuple[str, UUID] | None:
    """Return the kind and the id, or None when nothing can have that global id."""
    if not _SHAPE.fullmatch(global_id):
        return None
    packed = base64.urlsafe_b64decode(global_id)
    kind = _BY_NUMBER.get(packed[0])
    return (kind, UUID(bytes=packed[1:17])) if kind is not None and packed[17] == 0 else None
