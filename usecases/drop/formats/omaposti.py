"""OmaPosti: JSON Lines of consumers, some of whom have proved to read their mailbox."""

from datetime import datetime

from usecases.drop.base.flags import Flag
from usecases.drop.base.manifest import ManifestFile
from usecases.drop.cells.code import read_code
from usecases.drop.cells.common import read_hash, read_language, read_phone, without_identity_code
from usecases.drop.cells.email import read_email
from usecases.drop.cells.name import read_given_and_family
from usecases.drop.cells.staged_row import StagedRow
from usecases.drop.formats.layout import JSON_LINES, Cells, Layout

_TEXTS = ("omapostiId", "email", "firstName", "lastName", "phone", "language", "hash")


def read(cells: Cells, file: ManifestFile, produced_at: datetime) -> StagedRow:
    """Return the canonical values of a consumer; a missing password is usual for consumers, so it is not flagged."""
    row = StagedRow()
    texts = {name: cells.get(name) or "" for name in _TEXTS}
    verified = cells.get("emailVerified")
    if not isinstance(verified, bool) or not all(isinstance(text, str) for text in texts.values()):
        row.note(Flag.MALFORMED_ROW)
        return row
    if not read_code(row, texts["omapostiId"], [without_identity_code(row, texts["omapostiId"])]):
        return row
    row.email_verified = verified
    read_email(row, texts["email"])
    read_given_and_family(row, texts["firstName"], texts["lastName"])
    read_phone(row, texts["phone"])
    read_language(row, texts["language"])
    if texts["hash"]:
        read_hash(row, texts["hash"])
    if not verified:
        row.note(Flag.PREHIJACK_RISK)
    return row


LAYOUT = Layout(JSON_LINES, read, hash_column="hash")
