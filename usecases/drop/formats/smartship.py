"""SmartShip: CSV; a code is a VAT number and a profile, compared character by character."""

from datetime import datetime

from models.legacy_code import LegacyCodeKind
from models.membership import ServiceRole
from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.cells.code import read_code
from usecases.drop.cells.common import read_hash, read_language, read_last_use, read_number, without_identity_code
from usecases.drop.cells.email import read_email
from usecases.drop.cells.name import judge_person, read_name
from usecases.drop.cells.organization import read_vat_number
from usecases.drop.cells.staged_row import StagedRow
from usecases.drop.formats.layout import Cells, Layout, delimited_with_header

COLUMNS = [
    "user_id",
    "profile_id",
    "display_name",
    "email",
    "lang",
    "customer_no",
    "role",
    "shared",
    "password_hash",
    "last_login",
]

_ROLES = {"admin": ServiceRole.SERVICE_ADMINISTRATOR, "user": ServiceRole.USER, "api": ServiceRole.USER}
SYSTEM_ROLE = "api"


def read(cells: Cells, file: ManifestFile, produced_at: datetime) -> StagedRow:
    """Return the canonical values of a SmartShip record."""
    row = StagedRow()
    parts = [without_identity_code(row, cells["user_id"]), without_identity_code(row, cells["profile_id"])]
    if not read_code(row, f"{cells['user_id']}/{cells['profile_id']}", parts):
        return row
    _read_kind(row, cells["role"].strip(), cells["shared"].strip())
    read_email(row, cells["email"])
    read_name(row, cells["display_name"])
    judge_person(row)
    read_language(row, cells["lang"])
    read_vat_number(row, cells["user_id"])
    row.customer_number = read_number(row, cells["customer_no"])
    read_last_use(row, cells["last_login"], produced_at)
    read_hash(row, cells["password_hash"])
    if row.kind is LegacyCodeKind.SYSTEM:
        _forget_judgement_of_hash(row)
    return row


def _read_kind(row: StagedRow, role: str, shared: str) -> None:
    row.service_role = _ROLES.get(role)
    if row.service_role is None or shared not in {"0", "1"}:
        row.note(Flag.ROLE_UNKNOWN)
        row.service_role = row.service_role or ServiceRole.USER
    if role == SYSTEM_ROLE:
        row.kind = LegacyCodeKind.SYSTEM
    elif shared == "1":
        row.kind = LegacyCodeKind.SHARED
        row.note(Flag.SHARED_DECLARED)


def _forget_judgement_of_hash(row: StagedRow) -> None:
    """Drop the flags on the hash: a machine's secret is not a person's password and is not proved by typing it."""
    row.flags = [flag for flag in row.flags if flag not in {Flag.HASH_WEAK, Flag.NO_LEGACY_HASH}]


LAYOUT = Layout(delimited_with_header(COLUMNS), read, hash_column="password_hash")
