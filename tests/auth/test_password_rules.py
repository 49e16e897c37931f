"""New passwords: one function refuses what is short, long, guessable, leaked, one's own, or an old code's."""

import hashlib
import time
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest

from auth.breached_passwords import is_breached, make_list
from auth.legacy_proofs import wrap
from auth.old_passwords import OldPasswords
from auth.password_rules import NewPassword, PasswordFault, Surroundings, fault_of, judged, own_words
from auth.password_strength import PasswordHint, strength_of
from auth.passwords import HASHER, PasswordWork

Judge = Callable[[str, Surroundings], Awaitable[NewPassword]]

GOOD = "kolme pientä porsasta"
LIISA = Surroundings(own_words("liisa.lisatty@kone.example", ["Liisa Lisätty", None, "Äänekosken Paja Oy", "Bo Ek"]))

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
    "OmaPosti on hyvä palvelu": PasswordFault.PERSONAL,
    "oma-posti on hyvä juttu": PasswordFault.PERSONAL,
    "täällä Liisa taas moi": PasswordFault.PERSONAL,
    "L.i.i.s.a ihmemaassa taas": PasswordFault.PERSONAL,
    "aanekoski AANEKOSKEN kala": PasswordFault.PERSONAL,
    "liisalisatty ja kissa": PasswordFault.PERSONAL,
}


@pytest.mark.parametrize("password", REFUSED)
def test_what_breaks_a_rule_is_refused_for_it(password: str) -> None:
    assert fault_of(password, LIISA.words) is REFUSED[password]


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
    refused = await judge(typed, Surroundings(old_codes=(wrap("0" * 32), old)))
    assert refused == NewPassword("", PasswordFault.OF_OLD_CODE)
    assert (await judge("neljä pientä porsasta", Surroundings(old_codes=(old,)))).fault is None


async def test_a_judged_password_is_hashed_unless_something_is_wrong_with_it(judge: Judge) -> None:
    good = await judge(unicodedata.normalize("NFD", GOOD), LIISA)
    assert good.fault is None
    assert HASHER.verify(good.hash, GOOD)
    assert await judge("manchesterunited", LIISA) == NewPassword("", PasswordFault.BREACHED)


def test_own_words_are_folded_and_never_so_short_that_nothing_is_left() -> None:
    assert own_words("a.bo@x.fi", ["Bo Ek"]) == {"boek"}
    assert own_words("matti@x.fi", ["Ülo Mäkinen-Åke"]) == {"matti", "ulomakinenake", "makinen"}


def test_the_list_of_leaked_passwords_is_made_of_any_list(tmp_path: Path) -> None:
    source, target = tmp_path / "list.txt", tmp_path / "list.bin"
    source.write_bytes(
        b"short\nmanchesterunited\r\n\xff\xfe broken encoding\nManchesterUnited\n" + "jalkapallokenttä\n".encode()
    )
    assert make_list(source, target) == 2
    marks = [target.read_bytes()[place : place + 4] for place in (0, 4)]
    expected = {hashlib.sha256(word.encode()).digest()[:4][::-1] for word in ("manchesterunited", "jalkapallokenttä")}
    assert set(marks) == expected


def test_what_did_not_leak_is_rarely_taken_for_it() -> None:
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
def test_hints_say_what_makes_it_easy(password: str, hint: PasswordHint) -> None:
    strength = strength_of(password)
    assert strength.is_guessable
    assert {hint, PasswordHint.ADD_WORDS} <= set(strength.hints)
    assert strength.score < 3


def test_there_are_no_hints_for_what_is_hard_to_guess() -> None:
    assert strength_of(GOOD) == strength_of(GOOD, LIISA.words)
    assert (strength_of(GOOD).score, strength_of(GOOD).hints) == (4, ())


def test_the_dearest_input_costs_little() -> None:
    began = time.process_time()
    for password in ("4@8({[<369&#!1/|0$5+7%2" * 45, "@4" * 512, "1" * 1024, "19871212" * 128):
        strength_of(password)
    assert time.process_time() - began < 1
