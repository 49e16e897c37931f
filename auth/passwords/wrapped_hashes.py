"""Hashes of old codes, wrapped in argon2id: they prove that a person knows the old password, and nothing else.

Stored are the scheme, the settings (salt and rounds, the digest blanked) and the argon2id hash of the whole legacy
hash. `hash_matches` computes the legacy hash again from the password and the settings, and checks it against argon2id.
So the database holds no weak hash and nothing that can be cracked as fast as one. The hash itself proves nothing (bug
log, B78).
"""

from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from argon2 import Parameters, Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import hash_secret
from passlib.registry import get_crypt_handler

from auth.passwords.hashing import HASHER, is_affordable_argon2, normalized

BCRYPT_LIMIT = 72  # bytes; older libraries cut a longer password silently, so any ending would match


class LegacyScheme(StrEnum):
    """Hashing schemes of the old services."""

    ARGON2ID = "ARGON2ID"
    BCRYPT = "BCRYPT"
    PBKDF2_SHA256 = "PBKDF2_SHA256"
    PHPASS = "PHPASS"
    SSHA = "SSHA"
    SHA256 = "SHA256"
    SHA1 = "SHA1"
    MD5 = "MD5"


# By passlib's names, because passlib loads each handler when it is first needed.
_HANDLERS = {
    LegacyScheme.BCRYPT: "bcrypt",
    LegacyScheme.PBKDF2_SHA256: "django_pbkdf2_sha256",
    LegacyScheme.PHPASS: "phpass",
    LegacyScheme.SSHA: "ldap_salted_sha1",
    LegacyScheme.SHA256: "hex_sha256",
    LegacyScheme.SHA1: "hex_sha1",
    LegacyScheme.MD5: "hex_md5",
}
# A hash above these costs is not computed. Each takes a processor for half a second to a second.
MOST_ROUNDS = {
    LegacyScheme.BCRYPT: 14,  # doublings
    LegacyScheme.PBKDF2_SHA256: 4_000_000,
    LegacyScheme.PHPASS: 20,  # doublings
}
SHORTEST_SALT, SHORTEST_DIGEST = 8, 4  # bytes; argon2 accepts no less (RFC 9106, 3.1)
UNSALTED = frozenset({LegacyScheme.MD5, LegacyScheme.SHA1, LegacyScheme.SHA256})


@dataclass(frozen=True, slots=True)
class WrappedHash:
    """The stored form of a legacy hash; `hash` is always argon2id."""

    scheme: LegacyScheme
    settings: str
    hash: str


def recognised(legacy_hash: str) -> LegacyScheme | None:
    """Return the scheme of a legacy hash; a text for which it is None may be the password and must not be stored."""
    if legacy_hash.startswith("$argon2id$"):
        return LegacyScheme.ARGON2ID if _argon2_parameters(legacy_hash) else None
    return next((scheme for scheme in _HANDLERS if _parsed(scheme, legacy_hash) is not None), None)


def is_expensive(legacy_hash: str) -> bool:
    """Return whether computing a hash of a known scheme costs more than one old code may."""
    if legacy_hash.startswith("$argon2"):
        return not is_affordable_argon2(legacy_hash)
    scheme = recognised(legacy_hash)
    return scheme in MOST_ROUNDS and _parsed(scheme, legacy_hash).rounds > MOST_ROUNDS[scheme]


def is_affordable(wrapped: WrappedHash) -> bool:
    """Return whether a hash may be computed; False for hashes stored before costs were bounded."""
    return is_affordable_argon2(wrapped.hash) and not is_expensive(wrapped.settings)


def is_weak(scheme: LegacyScheme) -> bool:
    """Return whether a scheme has no salt; a thief of such hashes knows the common passwords at once."""
    return scheme in UNSALTED


def is_bcrypt_2y(legacy_hash: str) -> bool:
    """Return whether a bcrypt hash has the prefix 2y of PHP's corrected version."""
    return legacy_hash.startswith("$2y$")


def wrap(legacy_hash: str) -> WrappedHash:
    """Wrap a legacy hash; an argon2id hash of at least our own cost is kept as it is.

    Takes as long as hashing a password: call it outside the event loop. Raises ValueError for an unknown scheme or an
    expensive hash.
    """
    scheme = recognised(legacy_hash)
    if scheme is None:
        raise ValueError("not a hash of a known scheme; leave the code without a hash")
    if is_expensive(legacy_hash):
        raise ValueError("the hash costs too much to compute; leave the code without a hash")
    if scheme is LegacyScheme.ARGON2ID:
        if _is_strong_enough(legacy_hash):
            return WrappedHash(scheme, "", legacy_hash)
        return WrappedHash(scheme, _argon2_settings(legacy_hash), HASHER.hash(legacy_hash))
    return WrappedHash(scheme, _settings(scheme, legacy_hash), HASHER.hash(_canonical(scheme, legacy_hash)))


def hash_matches(password: str, wrapped: WrappedHash) -> bool:
    """Return whether the password is the old code's, as typed or in NFC; an expensive hash never matches.

    Takes up to a second for each of the two: `auth/passwords/old_passwords.py` runs it in a process that can be killed.
    """
    composed = normalized(password)
    if composed is None or not is_affordable(wrapped):
        return False
    return any(_fits(candidate, wrapped) for candidate in {password, composed})


def _fits(password: str, wrapped: WrappedHash) -> bool:
    try:
        recomputed = password if wrapped.settings == "" else _recomputed(password, wrapped)
        return recomputed is not None and HASHER.verify(wrapped.hash, recomputed)
    except (Argon2Error, InvalidHashError):
        return False


def _recomputed(password: str, wrapped: WrappedHash) -> str | None:
    """Return the legacy hash that this password gives, or None if the scheme takes no such password."""
    if wrapped.scheme is LegacyScheme.ARGON2ID:
        return _argon2_recomputed(password, wrapped.settings)
    if wrapped.scheme is LegacyScheme.BCRYPT and len(password.encode()) > BCRYPT_LIMIT:
        return None
    handler = get_crypt_handler(_HANDLERS[wrapped.scheme])
    blank = _parsed(wrapped.scheme, wrapped.settings)
    settings = {name: getattr(blank, name) for name in ("ident", "salt", "rounds") if name in handler.setting_kwds}
    text: str = handler.using(**settings).hash(password) if settings else handler.hash(password)
    return text


def _parsed(scheme: LegacyScheme, legacy_hash: str) -> Any:
    """Return passlib's record of a hash, or None for a text that is no hash or has settings but no digest."""
    handler = get_crypt_handler(_HANDLERS[scheme])
    try:
        parsed = handler.from_string(legacy_hash) if handler.identify(legacy_hash) else None
    except (ValueError, TypeError):
        return None
    return parsed if parsed is not None and parsed.checksum is not None else None


def _canonical(scheme: LegacyScheme, legacy_hash: str) -> str:
    text: str = _parsed(scheme, legacy_hash).to_string()
    return text


def _settings(scheme: LegacyScheme, legacy_hash: str) -> str:
    blank = _parsed(scheme, legacy_hash)
    digest = blank.checksum
    blank.checksum = bytes(len(digest)) if isinstance(digest, bytes) else blank.checksum_chars[0] * len(digest)
    text: str = blank.to_string()
    return text


def _argon2_parameters(legacy_hash: str) -> Parameters | None:
    """Return the parameters if argon2 can compute with them, else None."""
    try:
        parameters = extract_parameters(legacy_hash)
        salt = _argon2_salt(legacy_hash)
    except (InvalidHashError, ValueError):
        return None
    is_complete = len(salt) >= SHORTEST_SALT and parameters.hash_len >= SHORTEST_DIGEST
    is_possible = parameters.time_cost >= 1 and parameters.memory_cost >= 8 * parameters.parallelism >= 8
    return parameters if parameters.type is Type.ID and is_complete and is_possible else None


def _is_strong_enough(legacy_hash: str) -> bool:
    theirs = _argon2_parameters(legacy_hash)
    return theirs is not None and theirs.memory_cost >= HASHER.memory_cost and theirs.time_cost >= HASHER.time_cost


def _argon2_settings(legacy_hash: str) -> str:
    settings, _, digest = legacy_hash.rpartition("$")
    return f"{settings}${'A' * len(digest)}"


def _argon2_salt(legacy_hash: str) -> bytes:
    salt = legacy_hash.split("$")[-2]
    return b64decode(salt + "=" * (-len(salt) % 4), validate=True)


def _argon2_recomputed(password: str, settings: str) -> str:
    theirs = extract_parameters(settings)
    return hash_secret(
        password.encode(),
        _argon2_salt(settings),
        time_cost=theirs.time_cost,
        memory_cost=theirs.memory_cost,
        parallelism=theirs.parallelism,
        hash_len=theirs.hash_len,
        type=Type.ID,
        version=theirs.version,
    ).decode()
