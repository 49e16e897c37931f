"""Prinetti: TSV without a header; a code is group, number and name, compared character by character."""

from datetime import datetime

from models.membership import ServiceRole
from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.cells.code import read_code
from usecases.drop.cells.common import read_last_use, without_identity_code
from usecases.drop.cells.email import read_email
from usecases.drop.cells.name import judge_person, read_name, read_organization_name
from usecases.drop.cells.organization import read_business_id
from usecases.drop.cells.staged_row import StagedRow
from usecases.drop.formats.layout import Cells, Layout, delimited_without_header

COLUMNS = ["number", "group", "user", "organization", "business_id", "name", "email", "last_login"]
_CODE = ["group", "number", "user"]


def read(cells: Cells, file: ManifestFile, produced_at: datetime) -> StagedRow:
    """Return the canonical values of a Prinetti record; the service never handed over its password hashes."""
    row = StagedRow(service_role=ServiceRole.USER)
    parts = [without_identity_code(row, cells[part]) for part in _CODE]
    if not read_code(row, "/".join(cells[part] for part in _CODE), parts):
        return row
    read_email(row, cells["email"])
    read_name(row, cells["name"])
    judge_person(row)
    read_business_id(row, cells["business_id"])
    read_organization_name(row, cells["organization"])
    read_last_use(row, cells["last_login"], produced_at)
    row.note(Flag.NO_LEGACY_HASH)
    return row


LAYOUT = Layout(delimited_without_header(COLUMNS), read)
