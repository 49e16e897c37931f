"""Global ids and cursors in our API's format, for the Strawberry peers."""

import base64
from uuid import UUID

KINDS = {"Account": 1, "Organization": 2, "Membership": 3}


def global_id(kind: str, identity: UUID) -> str:
    """Return the global id of an object."""
    return base64.urlsafe_b64encode(bytes([KINDS[kind]]) + identity.bytes + b"\0").decode()


def identity_of(kind: str, text: str) -> UUID | None:
    """Return the id in a global id of that kind, None for any other."""
    packed = base64.urlsafe_b64decode(text)
    return UUID(bytes=packed[1:17]) if packed[0] == KINDS[kind] else None


def cursor(identity: UUID) -> str:
    """Return the cursor of a row with that id."""
    return base64.urlsafe_b64encode(identity.bytes).rstrip(b"=").decode()


def identity_at(text: str) -> UUID:
    """Return the id in a cursor."""
    return UUID(bytes=base64.urlsafe_b64decode(text + "=="))
