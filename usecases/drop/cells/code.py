"""The old code itself: kept verbatim, and compared as its own service compares."""

from models.values.refusal import InvalidValue
from models.values.text import clean
from usecases.drop.base.flags import Flag
from usecases.drop.cells.common import is_formula
from usecases.drop.cells.staged_row import StagedRow

MAX_LENGTH = 200


def read_code(row: StagedRow, code: str, parts: list[str], *, ignore_case: bool = False) -> bool:
    """Take the code; False when there is none, so that the row is rejected.

    `parts` are the cells it is made of, each needed. Nothing is trimmed or folded that the service itself tells apart:
    001 and 1 are two codes. Without case, upper case is the key (Extranet shows its codes so).
    """
    if not all(part.strip() for part in parts):
        if not row.has(Flag.PERSONAL_ID_REDACTED):
            row.note(Flag.CODE_MISSING)
        return False
    try:
        clean(code, MAX_LENGTH)
    except InvalidValue:
        row.note(Flag.CODE_INVALID)
        return False
    is_formula(row, code)
    row.code, row.code_key = code, code
    if ignore_case:
        row.code_key = code.strip().upper()
        if row.code_key != code:
            row.note(Flag.CODE_UPPERCASED)
    return True
