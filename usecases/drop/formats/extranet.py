"""Extranet: CSV with Finnish headers and dates; its codes are compared without case."""

from datetime import datetime

from models.membership import Role, ServiceRole
from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.cells.code import read_code
from usecases.drop.cells.common import (
    read_hash,
    read_language,
    read_last_use,
    read_number,
    read_phone,
    without_identity_code,
)
from usecases.drop.cells.email import read_email
from usecases.drop.cells.name import judge_person, read_family_name_first
from usecases.drop.cells.organization import read_business_id
from usecases.drop.cells.staged_row import StagedRow
from usecases.drop.formats.layout import Cells, Layout, delimited_with_header

COLUMNS = [
    "asiointitunnus",
    "palvelu",
    "sukunimi_etunimi",
    "sahkoposti",
    "puhelin",
    "kieli",
    "y_tunnus",
    "asiakasnumero",
    "sopimusnumero",
    "rooli",
    "pk",
    "viim_kirjautuminen",
    "salasana",
    "tila",
]

# The role's name (fi, sv) beside the value of column `pk` (pääkäyttäjä: Kyllä or Ei).
_ROLES = {
    ("pääkäyttäjä", "K"): Role.ADMINISTRATOR,
    ("huvudanvändare", "K"): Role.ADMINISTRATOR,
    ("käyttäjä", "E"): Role.MEMBER,
    ("användare", "E"): Role.MEMBER,
}
ACTIVE = "A"  # every other value of `tila` means a locked code


def read(cells: Cells, file: ManifestFile, produced_at: datetime) -> StagedRow:
    """Return the canonical values of an Extranet record."""
    row = StagedRow(service_role=ServiceRole.USER)
    if not read_code(
        row, cells["asiointitunnus"], [without_identity_code(row, cells["asiointitunnus"])], ignore_case=True
    ):
        return row
    if cells["palvelu"].strip().upper() != file.service:
        row.note(Flag.SERVICE_MISMATCH)
    if cells["tila"].strip().upper() != ACTIVE:
        row.locked = True
        row.note(Flag.CODE_LOCKED)
    read_email(row, cells["sahkoposti"])
    read_family_name_first(row, cells["sukunimi_etunimi"])
    judge_person(row)
    read_phone(row, cells["puhelin"])
    read_language(row, cells["kieli"])
    read_business_id(row, cells["y_tunnus"])
    row.customer_number = read_number(row, cells["asiakasnumero"])
    row.contract_number = read_number(row, cells["sopimusnumero"])
    _read_role(row, cells["rooli"], cells["pk"])
    read_last_use(row, cells["viim_kirjautuminen"], produced_at)
    read_hash(row, cells["salasana"])
    return row


def _read_role(row: StagedRow, name: str, is_administrator: str) -> None:
    role = _ROLES.get((name.strip().casefold(), is_administrator.strip().upper()))
    if role is None:
        row.note(Flag.ROLE_UNKNOWN)
    row.organization_role = role or Role.MEMBER


LAYOUT = Layout(delimited_with_header(COLUMNS), read, hash_column="salasana", name_order_declared=True)
