from dataclasses import replace

import bcrypt
import pytest
from argon2 import PasswordHasher
from passlib import hash as schemes
from passlib.registry import get_crypt_handler

from auth.passwords.wrapped_hashes import (
    _HANDLERS,
    MOST_ROUNDS,
    LegacyScheme,
    hash_matches,
    is_affordable,
    is_bcrypt_2y,
    is_expensive,
    is_weak,
    recognised,
    wrap,
)

PASSWORD = "Vanha-Salasana-1ä"


def bcrypt_2y(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")


def ssha(password: str) -> str:
    text: str = schemes.ldap_salted_sha1.hash(password)
    return text


SAMPLES = {
    "md5": (LegacyScheme.MD5, schemes.hex_md5.hash),
    "upper-case md5": (LegacyScheme.MD5, lambda p: schemes.hex_md5.hash(p).upper()),
    "sha1": (LegacyScheme.SHA1, schemes.hex_sha1.hash),
    "sha256": (LegacyScheme.SHA256, schemes.hex_sha256.hash),
    "ssha": (LegacyScheme.SSHA, ssha),
    "bcrypt 2b": (LegacyScheme.BCRYPT, lambda p: schemes.bcrypt.using(rounds=4).hash(p)),
    "bcrypt 2y": (LegacyScheme.BCRYPT, bcrypt_2y),
    "django pbkdf2": (LegacyScheme.PBKDF2_SHA256, lambda p: schemes.django_pbkdf2_sha256.using(rounds=1000).hash(p)),
    "phpass": (LegacyScheme.PHPASS, lambda p: schemes.phpass.using(rounds=8).hash(p)),
    "weak argon2id": (LegacyScheme.ARGON2ID, lambda p: PasswordHasher(1, 1024, 1).hash(p)),
    "strong argon2id": (LegacyScheme.ARGON2ID, lambda p: PasswordHasher(3, 65536, 4).hash(p)),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_b78_password_proves_and_its_hash_does_not(name: str) -> None:
    scheme, hashed = SAMPLES[name]
    legacy_hash = hashed(PASSWORD)
    wrapped = wrap(legacy_hash)
    assert (recognised(legacy_hash), wrapped.scheme) == (scheme, scheme)
    assert hash_matches(PASSWORD, wrapped)
    for wrong in (PASSWORD + "x", PASSWORD.lower(), "", legacy_hash, wrapped.hash, wrapped.settings):
        assert not hash_matches(wrong, wrapped)


@pytest.mark.parametrize("name", SAMPLES)
def test_b78_wrapped_hash_contains_no_legacy_digest(name: str) -> None:
    legacy_hash = SAMPLES[name][1](PASSWORD)
    wrapped = wrap(legacy_hash)
    assert wrapped.hash.startswith("$argon2id$v=19$m=")
    if name != "strong argon2id":
        assert wrapped.hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert legacy_hash not in (wrapped.hash, wrapped.settings)
        assert legacy_hash[-12:].lower() not in (wrapped.settings + wrapped.hash).lower()


def test_strong_argon2id_hash_is_kept_unchanged() -> None:
    strong = PasswordHasher(3, 65536, 4).hash(PASSWORD)
    assert wrap(strong).hash == strong


def test_b72_bcrypt_password_above_72_bytes_does_not_prove() -> None:
    longest = "a" * 72
    wrapped = wrap(bcrypt.hashpw(longest.encode(), bcrypt.gensalt(4)).decode())
    assert hash_matches(longest, wrapped)
    assert not hash_matches(longest + "b", wrapped)
    assert not hash_matches("ä" * 37, wrapped)


@pytest.mark.parametrize("byte", [73, 74, 80])
@pytest.mark.parametrize("ending", ["x", "", "\0", "ä"])
def test_b72_text_after_the_72nd_byte_never_matches(byte: int, ending: str) -> None:
    password = "".join(chr(ord("a") + n % 26) for n in range(80))
    wrapped = wrap(bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode())  # as the old libraries cut it
    varied = password[: byte - 1] + ending + password[byte:]
    for typed in (password, varied, varied[:byte]):
        assert not hash_matches(typed, wrapped), typed
    assert hash_matches(password[:72], wrapped), "the hashed part alone matches"


@pytest.mark.parametrize("scheme", SAMPLES)
def test_b72_password_with_a_nul_does_not_prove(scheme: str) -> None:
    wrapped = wrap(SAMPLES[scheme][1]("kala"))
    assert hash_matches("kala", wrapped)
    for typed in ("kala\0", "kala\0kukko", "ka\0la", "\0kala"):
        assert not hash_matches(typed, wrapped), typed


def test_password_with_a_nul_or_of_huge_length_does_not_prove() -> None:
    wrapped = wrap(schemes.hex_md5.hash("a"))
    for impossible in ("a\0", "\0", "a" * 100_000, "\ud800"):
        assert not hash_matches(impossible, wrapped)


def test_password_typed_in_decomposed_characters_proves() -> None:
    wrapped = wrap(schemes.hex_sha1.hash("Hämeenlinna"))
    assert hash_matches("Ha\u0308meenlinna", wrapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "salasana",
        "hunter2",
        "$2b$04$short",
        "{SSHA}!!",
        "$argon2id$v=19$m=1",
        "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAA$AA",
        "$2b$04$" + "a" * 21 + ".",
        "$P$Babcdefgh",
        "pbkdf2_sha256$1000$salt",
        "pbkdf2_sha256$" + "9" * 5000 + "$salt$" + "A" * 43 + "=",
        f"$argon2id$v=19$m=8,t=1,p=4$AAAAAAAAAAA$${'A' * 22}",
        f"$argon2id$v=19$m=8,t=1,p=1$AAAA${'A' * 22}",
    ],
)
def test_text_that_may_be_a_password_is_not_recognised(text: str) -> None:
    assert recognised(text) is None
    with pytest.raises(ValueError, match="known scheme"):
        wrap(text)


def test_unsalted_schemes_are_weak_and_php_bcrypt_is_recognised() -> None:
    assert [scheme for scheme in LegacyScheme if is_weak(scheme)] == ["SHA256", "SHA1", "MD5"]
    assert is_bcrypt_2y(bcrypt_2y(PASSWORD))
    assert not is_bcrypt_2y(schemes.bcrypt.using(rounds=4).hash(PASSWORD))


AT_THE_LIMIT = {
    "bcrypt": "$2b$14$" + "a" * 21 + "." + "a" * 31,
    "bcrypt of PHP": "$2y$14$" + "a" * 21 + "." + "a" * 31,
    "pbkdf2": "pbkdf2_sha256$4000000$salt$" + "A" * 43 + "=",
    "phpass": "$P$I" + "a" * 30,
    "phpass of phpBB": "$H$I" + "a" * 30,
    "argon2id memory": f"$argon2id$v=19$m=262144,t=4,p=1$AAAAAAAAAAA${'A' * 22}",
    "argon2id passes": f"$argon2id$v=19$m=65536,t=16,p=1$AAAAAAAAAAA${'A' * 22}",
    "argon2id lanes": f"$argon2id$v=19$m=65536,t=3,p=16$AAAAAAAAAAA${'A' * 22}",
}
EXPENSIVE = {
    "bcrypt": AT_THE_LIMIT["bcrypt"].replace("$14$", "$15$"),
    "bcrypt of PHP": AT_THE_LIMIT["bcrypt of PHP"].replace("$14$", "$31$"),
    "bcrypt at its most": AT_THE_LIMIT["bcrypt"].replace("$14$", "$31$"),
    "pbkdf2": AT_THE_LIMIT["pbkdf2"].replace("4000000", "4000001"),
    "pbkdf2 at its most": AT_THE_LIMIT["pbkdf2"].replace("4000000", "4294967295"),
    "phpass": AT_THE_LIMIT["phpass"].replace("$P$I", "$P$J"),
    "phpass at its most": AT_THE_LIMIT["phpass"].replace("$P$I", "$P$S"),
    "phpass of phpBB": AT_THE_LIMIT["phpass of phpBB"].replace("$H$I", "$H$S"),
    "argon2id memory": AT_THE_LIMIT["argon2id memory"].replace("m=262144,t=4", "m=262145,t=1"),
    "argon2id passes": AT_THE_LIMIT["argon2id passes"].replace("m=65536,t=16", "m=64,t=17"),
    "argon2id lanes": AT_THE_LIMIT["argon2id lanes"].replace("p=16", "p=17"),
    "argon2id work": AT_THE_LIMIT["argon2id memory"].replace("t=4", "t=5"),
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_hash_at_the_limit_of_its_scheme_is_wrapped(name: str) -> None:
    assert not is_expensive(AT_THE_LIMIT[name])
    assert is_affordable(wrap(AT_THE_LIMIT[name]))


@pytest.mark.parametrize("name", EXPENSIVE)
def test_hash_above_the_limit_of_its_scheme_is_not_wrapped(name: str) -> None:
    assert recognised(EXPENSIVE[name]) is not None
    assert is_expensive(EXPENSIVE[name])
    with pytest.raises(ValueError, match="costs too much"):
        wrap(EXPENSIVE[name])


@pytest.mark.parametrize("name", EXPENSIVE)
def test_stored_expensive_hash_is_never_computed(name: str) -> None:
    scheme = recognised(EXPENSIVE[name])
    assert scheme is not None
    wrapped = replace(wrap(schemes.hex_md5.hash(PASSWORD)), scheme=scheme, settings=EXPENSIVE[name])
    assert not is_affordable(wrapped)
    assert not hash_matches(PASSWORD, wrapped)
    assert not hash_matches(PASSWORD, replace(wrapped, settings="", hash=EXPENSIVE["argon2id work"]))


def test_every_scheme_with_rounds_has_a_limit() -> None:
    """A scheme added without a limit would let an import stop every sign-in again."""
    with_rounds = {scheme for scheme, name in _HANDLERS.items() if "rounds" in get_crypt_handler(name).setting_kwds}
    assert with_rounds == set(MOST_ROUNDS)
