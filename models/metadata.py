"""Every table of ours, gathered for the migrations."""

from models import account, audit, drop, legacy_code, membership, organization, service, session, staff
from models.base import Base

__all__ = [
    "account",
    "audit",
    "drop",
    "legacy_code",
    "membership",
    "metadata",
    "organization",
    "service",
    "session",
    "staff",
]

metadata = Base.metadata
