"""All tables, imported for the migrations."""

from models import (
    account,
    audit,
    device,
    drop,
    idempotency_key,
    legacy_code,
    mailed_secret,
    membership,
    message,
    organization,
    refresh_token,
    service,
    session,
    staff,
    superseded_token,
    task,
)
from models.db.base import Base

__all__ = [
    "account",
    "audit",
    "device",
    "drop",
    "idempotency_key",
    "legacy_code",
    "mailed_secret",
    "membership",
    "message",
    "metadata",
    "organization",
    "refresh_token",
    "service",
    "session",
    "staff",
    "superseded_token",
    "task",
]

metadata = Base.metadata
