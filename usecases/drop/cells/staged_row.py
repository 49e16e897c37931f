"""Staged rows: one row of a service's file in canonical values, with its flags."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from models.account import Language
from models.legacy_code import LegacyCodeKind
from models.membership import Role, ServiceRole
from usecases.drop.base.flags import Flag, is_review_reason, ordered


@dataclass(slots=True)
class StagedRow:
    """The content of one row, before comparison with other rows and with our data."""

    flags: list[str] = field(default_factory=list)
    code: str | None = None
    code_key: str | None = None
    kind: LegacyCodeKind = LegacyCodeKind.PERSON
    locked: bool = False
    email: str | None = None
    email_key: str | None = None
    email_verified: bool | None = None
    email_skeleton: str | None = None
    email_candidates: list[str] | None = None
    name: str | None = None
    name_initials: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    language: Language | None = None
    preferred_language: str | None = None
    business_id: str | None = None
    vat_number: str | None = None
    organization_name: str | None = None
    organization_role: Role | None = None
    service_role: ServiceRole | None = None
    customer_number: str | None = None
    contract_number: str | None = None
    last_used_at: datetime | None = None
    proof_pending: bool = False

    def note(self, flag: Flag, detail: str = "") -> None:
        """Add a flag, with a detail after a colon."""
        self.flags.append(f"{flag.value}:{detail}" if detail else flag.value)

    def has(self, flag: Flag) -> bool:
        """Return whether the row has a flag."""
        return flag.value in self.flags

    @property
    def linkable(self) -> bool:
        """Return whether the row alone would allow a link of its code to the account of its address.

        A business code needs its organization for that. A consumer's code does not; only consumers have the field for a
        verified address.
        """
        has_address = self.kind is LegacyCodeKind.PERSON and self.email_key is not None
        has_place = self.business_id is not None or self.email_verified is not None
        return has_address and has_place and not any(map(is_review_reason, self.flags))

    @property
    def content(self) -> bytes:
        """Return a digest of the row's content, which separates a repeated row from a contradicting one."""
        # No text contains either of these two characters.
        said = "\0".join(["\1" if value is None else str(value) for value in _content_of(self)])
        return hashlib.blake2b(said.encode(), digest_size=16).digest()

    def record(self) -> tuple[object, ...]:
        """Return the values in the order of `COLUMNS`."""
        flags = ordered(self.flags)
        return (flags, flags, self.linkable, self.content, *_values_of(self))


_VALUES = [name for name in StagedRow.__dataclass_fields__ if name != "flags"]
_values_of = attrgetter(*_VALUES)
_content_of = attrgetter(*(name for name in _VALUES if name != "code"))
COLUMNS = ["flags", "own_flags", "linkable", "content", *_VALUES]
