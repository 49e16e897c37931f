"""Passwords that someone who knows the person tries first: their names, a year, and padding to the shortest length."""

from collections.abc import Callable

from auth.passwords.rules import SHORTEST
from bench.password_rule.lists import Person
from models.values.diacritics import without_diacritics

YEAR = 1978
_DISGUISE = str.maketrans("aeio", "4310")


def _mailbox(person: Person) -> str:
    return f"{without_diacritics(person.given)}.{without_diacritics(person.family)}"


def _genitive(family: str) -> str:
    return f"{family[:-3]}sen" if family.endswith("nen") else f"{family}n"


Pattern = Callable[[Person], str]
PATTERNS: dict[str, Pattern] = {
    "mattivirtanen1978!!": lambda p: f"{without_diacritics(p.given + p.family)}{YEAR}!!",
    "Virtanen-Virtanen-1": lambda p: f"{p.family}-{p.family}-1",
    "Matti.Virtanen.1978": lambda p: f"{p.given}.{p.family}.{YEAR}",
    "Matti Virtanen 1978!": lambda p: f"{p.given} {p.family} {YEAR}!",
    "virtanenmatti1978": lambda p: f"{without_diacritics(p.family + p.given)}{YEAR}",
    "MattiVirtanen123456": lambda p: f"{p.given}{p.family}123456",
    "MattiVirtanen!!!!!!!!!!": lambda p: f"{p.given}{p.family}!!!!!!!!!!",
    "MattiVirtanen01.01.1978": lambda p: f"{p.given}{p.family}01.01.{YEAR}",
    "1978MattiVirtanen1978": lambda p: f"{YEAR}{p.given}{p.family}{YEAR}",
    "virtanen1978virtanen1978": lambda p: f"{p.family.lower()}{YEAR}{p.family.lower()}{YEAR}",
    "VirtanenVirtanenVirtanen": lambda p: p.family * 3,
    "MattiVirtanenVirtanenMatti": lambda p: f"{p.given}{p.family}{p.family}{p.given}",
    "m.a.t.t.i.v.i.r.t.a.n.e.n": lambda p: ".".join(without_diacritics(p.given + p.family)),
    "matti.virtanen@posti.example": lambda p: f"{_mailbox(p)}@posti.example",
    "matti.virtanen19781978": lambda p: f"{_mailbox(p)}{YEAR}{YEAR}",
    "ittamnenatriv1978": lambda p: f"{without_diacritics(p.given)[::-1]}{without_diacritics(p.family)[::-1]}{YEAR}",
    "m4tt1v1rt4n3n1978": lambda p: f"{without_diacritics(p.given + p.family).translate(_DISGUISE)}{YEAR}",
    "Virtasen Matti 1978!!": lambda p: f"{_genitive(p.family)} {p.given} {YEAR}!!",
    "salasanaMattiVirtanen": lambda p: f"salasana{p.given}{p.family}",
    "MattiVirtanensalasana1": lambda p: f"{p.given}{p.family}salasana1",
    "MattiVirtanenlösenord": lambda p: f"{p.given}{p.family}lösenord",
    "MattiVirtanenpassword": lambda p: f"{p.given}{p.family}password",
    "qwertyVirtanenMatti1": lambda p: f"qwerty{p.family}{p.given}1",
    "MattiVirtanenHelsinki": lambda p: f"{p.given}{p.family}Helsinki",
    "Matti Virtanen Tampere 1": lambda p: f"{p.given} {p.family} Tampere 1",
    "MattiVirtanenJyväskylä": lambda p: f"{p.given}{p.family}Jyväskylä",
    "MattiVirtanenKesä1978": lambda p: f"{p.given}{p.family}Kesä{YEAR}",
    "MattiVirtanenrakas1978": lambda p: f"{p.given}{p.family}rakas{YEAR}",
    "minä olen Matti Virtanen": lambda p: f"minä olen {p.given} {p.family}",
    "OmaPosti1978OmaPosti": lambda p: f"OmaPosti{YEAR}OmaPosti",
    "OmaPostiMatti1978": lambda p: f"OmaPosti{p.given}{YEAR}",
    "KuljetusVirtanenOy1978": lambda p: f"Kuljetus{p.family}Oy{YEAR}",
}


def guessable(person: Person) -> dict[str, str]:
    """Return a person's guessable passwords by pattern; those below the shortest length are refused for that."""
    made = {pattern: make(person) for pattern, make in PATTERNS.items()}
    return {pattern: password for pattern, password in made.items() if len(password) >= SHORTEST}
