"""Old codes: stored verbatim, and compared as their own service compares them."""

from models.values.refusal import InvalidValue
from models.values.text import clean
from usecases.drop.base.flags import Flag
from usecases.drop.cells.common import is_formula
from usecases.drop.cells.staged_row import StagedRow

MAX_LENGTH = 200


def read_code(row: StagedRow, code: str, parts: list[str], *, ignore_case: bool = False) -> bool:
    """Parse the code; return False if there is none, so that the row is rejected.

    `parts` are the cells that make it up; each is required. Only differences that the service ignores are folded: 001
    and 1 are two codes. With `ignore_case` the key is in upper case, as Extranet shows its codes.
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
