"""Rules of new passwords: too short, too long, guessable, leaked, personal, or of an old code."""

import hashlib
import time
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest

from auth.passwords.breached import is_breached, make_list
from auth.passwords.hashing import HASHER, PasswordWork
from auth.passwords.old_passwords import OldPasswords
from auth.passwords.personal_words import personal_words, without_words
from auth.passwords.rules import Fault, NewPassword, PasswordContext, PasswordFault, fault_of, judged, worth_of
from auth.passwords.strength import PasswordHint, strength_of
from auth.passwords.wrapped_hashes import wrap

Judge = Callable[[str, PasswordContext], Awaitable[NewPassword]]

GOOD = "kolme pientä porsasta"
LIISA = PasswordContext(
    personal_words(
        "liisa.lisatty@kone.example", ["Liisa Lisätty", None, "Äänekosken Paja Oy", "Matti Virtanen", "Bo Ek"]
    )
)

REFUSED = {
    "": PasswordFault.TOO_SHORT,
    "neljätoista123": PasswordFault.TOO_SHORT,
    unicodedata.normalize("NFD", "äöäöäöäöäöäöäö"): PasswordFault.TOO_SHORT,
    "x" * 1025: PasswordFault.TOO_LONG,
    "manchesterunited": PasswordFault.BREACHED,
    "ManchesterUnited": PasswordFault.BREACHED,
    "password123456789": PasswordFault.BREACHED,
    "p@ssw0rd2026p@ssw0rd2026": PasswordFault.COMMON,
    "lösenordlösenordlösenord": PasswordFault.COMMON,
    "abcdefghijklmnopqrstu": PasswordFault.COMMON,
}
# Passwords with the personal words for which each is refused.
PERSONAL = {
    "mattivirtanen1978!!": ("Matti Virtanen",),
    "Virtanen-Virtanen-1": ("Virtanen",),
    "OmaPosti2026OmaPosti": ("OmaPosti",),
    "Posti-Oma-Posti-1990": ("OmaPosti",),
    "Virtanen 21.12.1985 Matti": ("Matti", "Virtanen"),
    "liisa.lisatty@kone.example": ("liisa.lisatty@kone.example",),
    "L.i.i.s.a ihme 2026": ("Liisa",),
    "aanekosken AANEKOSKEN kala": ("Äänekosken",),
    "liisalisatty ja kissa": ("Liisa Lisätty",),
    "v1rt4n3n-v1rt4n3n-v1rt4n3n": ("Virtanen",),
    "nenatriv-ittam-1978": ("Matti Virtanen",),
    "Virtasen Matin 1978!!": ("Matti", "Virtanen"),
    "LiisaLiisaLiisaLiisa": ("Liisa",),
    "Virtanen!!!!!!!!!!!!!!!!!!": ("Virtanen",),
}


@pytest.mark.parametrize("password", REFUSED)
def test_password_that_breaks_a_rule_is_refused_with_that_rule(password: str) -> None:
    assert fault_of(password, LIISA.words) == Fault(REFUSED[password])


@pytest.mark.parametrize("password", PERSONAL)
def test_password_of_personal_words_is_refused_and_names_them(password: str) -> None:
    fault = fault_of(password, LIISA.words)
    assert fault is not None
    assert (fault.rule, set(fault.words)) == (PasswordFault.PERSONAL, set(PERSONAL[password]))
    assert worth_of(password, LIISA.words).is_guessable


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("kuusi harmaata hanhea", "Uusi"),
        ("mummon kamarissa tuoksuu", "Mari"),
        ("vi kannar vatten till kon", "Anna"),
        ("kuljetus kulkee kohti pohjoista", "Kuljetus Aho Oy"),
        ("Matti ja sata muuta tarinaa", "Matti Virtanen"),
        ("postilaatikko on maalattu siniseksi", "Posti"),
        ("meri aaltoilee rannalla hiljaa", "Meri Ranta"),
        ("mattivirtanenxK9#mQ2$vL5@nR8", "Matti Virtanen"),
    ],
)
def test_passphrase_strong_without_personal_words_is_accepted(password: str, name: str) -> None:
    assert fault_of(password, personal_words("x@y.example", [name])) is None


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery staple",
        "xK9#mQ2$vL5@nR8",
        "aina vain pieniä kirjaimia",
        "7392018465028374651",
        "ä" * 3 + " kala uimassa järvessä",
        "kevätauringon säteet " * 48 + "x",
        "ek on lyhyt nimi bo myös",
    ],
)
def test_length_counts_and_composition_does_not(password: str) -> None:
    assert fault_of(password, LIISA.words) is None


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    work, old_passwords = PasswordWork(), OldPasswords()
    yield lambda password, about: judged(work, old_passwords, password, about)
    work.close()
    await old_passwords.close()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_password_of_an_old_code_is_refused(judge: Judge, form: Literal["NFC", "NFD"]) -> None:
    typed = unicodedata.normalize(form, GOOD)
    old = wrap(hashlib.sha256(typed.encode()).hexdigest())
    refused = await judge(typed, PasswordContext(old_codes=(wrap("0" * 32), old)))
    assert refused == NewPassword("", Fault(PasswordFault.OF_OLD_CODE))
    assert (await judge("neljä pientä porsasta", PasswordContext(old_codes=(old,)))).fault is None


async def test_judged_password_is_hashed_if_it_breaks_no_rule(judge: Judge) -> None:
    good = await judge(unicodedata.normalize("NFD", GOOD), LIISA)
    assert good.fault is None
    assert HASHER.verify(good.hash, GOOD)
    assert await judge("manchesterunited", LIISA) == NewPassword("", Fault(PasswordFault.BREACHED))


def test_personal_words_are_folded_and_never_short() -> None:
    assert personal_words("a.bo@x.fi", ["Bo Ek"]) == {"aboxfi": "a.bo@x.fi", "aboxfe": "a.bo@x.fi", "boek": "Bo Ek"}
    found = personal_words("", ["Ülo Mäkinen-Åke"])
    assert found == {"ulomakinenake": "Ülo Mäkinen-Åke", "makinen": "Mäkinen", "makis": "Mäkinen"}


def test_hostile_names_and_passwords_cost_little() -> None:
    words = personal_words("a" * 64 + "@" + "a" * 180 + ".fi", ["a" * 100] * 3 + [" ".join(["matti"] * 30)] * 20)
    began = time.process_time()
    for password in ("a" * 1024, "matti" * 200, "4" * 1024):
        without_words(password, words)
    assert time.process_time() - began < 1


def test_list_of_leaked_passwords_is_made_of_any_list(tmp_path: Path) -> None:
    source, target = tmp_path / "list.txt", tmp_path / "list.bin"
    source.write_bytes(
        b"short\nmanchesterunited\r\n\xff\xfe broken encoding\nManchesterUnited\n" + "jalkapallokenttä\n".encode()
    )
    assert make_list(source, target) == 2
    marks = [target.read_bytes()[place : place + 4] for place in (0, 4)]
    expected = {hashlib.sha256(word.encode()).digest()[:4][::-1] for word in ("manchesterunited", "jalkapallokenttä")}
    assert set(marks) == expected


def test_password_that_did_not_leak_is_rarely_reported_as_leaked() -> None:
    assert sum(is_breached(f"{hashlib.sha256(str(n).encode()).hexdigest()}") for n in range(20_000)) < 20


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("aaaaaaaaaaaaaaaaaaa", PasswordHint.AVOID_REPEATS),
        ("abcdefghijklmnopqrstu", PasswordHint.AVOID_SEQUENCES),
        ("qwertyuiopasdfgh", PasswordHint.AVOID_COMMON_PASSWORDS),
        ("p@ssw0rd", PasswordHint.SUBSTITUTIONS_HELP_LITTLE),
        ("drowssap", PasswordHint.REVERSING_HELPS_LITTLE),
        ("21.12.1985", PasswordHint.AVOID_DATES),
        ("Password", PasswordHint.CAPITALS_HELP_LITTLE),
    ],
)
def test_hints_name_the_weakness_of_a_password(password: str, hint: PasswordHint) -> None:
    strength = strength_of(password)
    assert strength.is_guessable
    assert {hint, PasswordHint.ADD_WORDS} <= set(strength.hints)
    assert strength.score < 3


def test_strong_password_gets_no_hints() -> None:
    assert strength_of(GOOD) == worth_of(GOOD, LIISA.words)
    assert (strength_of(GOOD).score, strength_of(GOOD).hints) == (4, ())


def test_most_expensive_input_costs_little() -> None:
    began = time.process_time()
    for password in ("4@8({[<369&#!1/|0$5+7%2" * 45, "@4" * 512, "1" * 1024, "19871212" * 128):
        strength_of(password)
    assert time.process_time() - began < 1
