"""The cell with the organization for which an old code is used."""

from functools import lru_cache

from models.values.business_id import BusinessId, ForeignVatNumber, parse_business_id, parse_vat_number
from models.values.refusal import InvalidValue
from usecases.drop.base.flags import Flag
from usecases.drop.cells.common import without_identity_code
from usecases.drop.cells.staged_row import StagedRow

_REFUSALS = {
    "BUSINESS_ID_MISSING": Flag.BUSINESS_ID_MISSING,
    "BUSINESS_ID_CHECK_DIGIT": Flag.BUSINESS_ID_CHECK_DIGIT,
}

_business_id = lru_cache(maxsize=10_000)(parse_business_id)  # an organization has many codes


def read_business_id(row: StagedRow, cell: str) -> None:
    """Parse the Business ID, also from a VAT number, which does not belong in this column."""
    text = without_identity_code(row, cell)
    if text != cell:
        return  # the identity code of a sole trader stood here, and its flag is enough
    try:
        _take(row, _business_id(text))
    except InvalidValue as refusal:
        if refusal.code != "BUSINESS_ID_FORMAT" or not _is_foreign(row, text):
            row.note(_REFUSALS.get(refusal.code, Flag.BUSINESS_ID_INVALID))


def read_vat_number(row: StagedRow, cell: str) -> None:
    """Parse the organization in a column of VAT numbers."""
    text = without_identity_code(row, cell)
    if text != cell:
        return
    try:
        number = parse_vat_number(text)
    except InvalidValue as refusal:
        row.note(_REFUSALS.get(refusal.code, Flag.BUSINESS_ID_INVALID))
        return
    if isinstance(number, ForeignVatNumber):
        _take_foreign(row, number)
    else:
        row.business_id = number.value


def _take(row: StagedRow, business_id: BusinessId) -> None:
    row.business_id = business_id.value
    if business_id.padded:
        row.note(Flag.BUSINESS_ID_PADDED)
    if business_id.from_vat:
        row.note(Flag.VAT_IN_BUSINESS_ID)


def _is_foreign(row: StagedRow, text: str) -> bool:
    try:
        number = parse_vat_number(text)
    except InvalidValue:
        return False
    if isinstance(number, BusinessId):
        return False
    _take_foreign(row, number)
    return True


def _take_foreign(row: StagedRow, number: ForeignVatNumber) -> None:
    row.vat_number = number.value
    row.note(Flag.FOREIGN_ORG)
