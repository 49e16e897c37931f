"""Explanations of outcomes, flags and faults, for a terminal and for docs/outcomes.md."""

from collections.abc import Iterable
from difflib import get_close_matches

from models.drop import Outcome
from usecases.drop.base.flags import REVIEW_REASONS, Flag
from usecases.drop.report.flag_meanings import FLAGS
from usecases.drop.report.outcome_meanings import FAULTS, OUTCOMES

NAMES = [*(outcome.value for outcome in Outcome), *(flag.value for flag in Flag), *FAULTS]

_INTRODUCTION = """\
# Outcomes of imported rows

Every row of a drop ends in exactly one outcome, with flags that say why; a file that cannot be trusted has a fault
instead. `omaposti drop report --explain NAME` prints the same for one name, and `--explain all` prints this page.

"""


class UnknownNameError(Exception):
    """No outcome, flag or fault has the name; `nearest` are names with similar spelling."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.nearest = get_close_matches(_canonical(name), NAMES, n=3)


def explanation(name: str) -> str:
    """Explain an outcome, a flag (also with the detail after its colon) or a file's fault, in any case.

    Raises UnknownNameError.
    """
    wanted = _canonical(name)
    if wanted in OUTCOMES:
        outcome = OUTCOMES[Outcome(wanted)]
        return f"{wanted} (outcome)\n{outcome.meaning}\nNext: {outcome.next_step}\nWho: {outcome.who}"
    if wanted in FLAGS:
        review = "\nA row with this flag goes to review." if wanted in REVIEW_REASONS else ""
        return f"{wanted} (flag)\n{FLAGS[Flag(wanted)]}{review}"
    if wanted in FAULTS:
        return f"{wanted} (fault of a file, of which nothing is imported)\n{FAULTS[wanted]}"
    raise UnknownNameError(name)


def outcomes_page() -> str:
    """Return the text of docs/outcomes.md."""
    outcomes = _table(
        ("outcome", "meaning", "next step", "who acts"), ((f"`{outcome}`", *OUTCOMES[outcome]) for outcome in Outcome)
    )
    flags = _table(
        ("flag", "meaning", ""),
        ((f"`{flag}`", FLAGS[flag], "review" if flag in REVIEW_REASONS else "") for flag in Flag),
    )
    faults = _table(("fault", "meaning"), ((f"`{code}`", meaning) for code, meaning in FAULTS.items()))
    return (
        f"{_INTRODUCTION}{outcomes}\n## Flags\n\n"
        "A flag that is marked *review* sends its row to review. Only a code of a system, of an unknown\n"
        f"organization or of several persons keeps its own outcome all the same.\n\n{flags}\n## Faults of files\n\n"
        f"Nothing of such a file is imported; the other files of the drop are.\n\n{faults}"
    )


def _canonical(name: str) -> str:
    return name.partition(":")[0].strip().upper()


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
