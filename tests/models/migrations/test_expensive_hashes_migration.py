"""Stored proofs that cost too much are dropped and flagged; the others stay."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from passlib import hash as schemes

from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash, is_affordable
from server.db.database import Database
from tests.models.migrations.migrating import execute, move, values
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop.import_drop import import_drop

BEFORE, NOW = "0010", "0011"
KEPT = {
    "md5": schemes.hex_md5.hash("x"),
    "bcrypt": schemes.bcrypt.using(rounds=4).hash("x"),
    "pbkdf2": schemes.django_pbkdf2_sha256.using(rounds=1000).hash("x"),
    "phpass": schemes.phpass.using(rounds=8).hash("x"),
    "argon2 wrapped": PasswordHasher(1, 1024, 1).hash("x"),
    "argon2 as it came": PasswordHasher(2, 19_456, 1).hash("x"),
}
# Wrapped hashes that a former import stored, with a cost that is refused by now.
EXPENSIVE = {
    "bcrypt": ("proof_settings", "$2b$04$", "$2b$15$"),
    "pbkdf2": ("proof_settings", "pbkdf2_sha256$1000$", "pbkdf2_sha256$4000001$"),
    "phpass": ("proof_settings", "$P$6", "$P$J"),
    "argon2 wrapped": ("proof_settings", "m=1024,t=1,p=1", "m=1024,t=1,p=17"),
    "argon2 as it came": ("proof_hash", "m=19456,t=2,p=1", "m=262144,t=5,p=1"),
}
FLAGGED = (
    "SELECT code FROM drop_rows WHERE 'HASH_TOO_EXPENSIVE' = ANY (flags) AND 'HASH_TOO_EXPENSIVE' = ANY (own_flags)"
)
UNPROVEN = "SELECT code FROM legacy_codes WHERE proof_hash IS NULL AND proof_scheme IS NULL AND proof_settings IS NULL"
COSTS = "SELECT proof_scheme || ' ' || coalesce(proof_settings, '') || ' ' || proof_hash FROM legacy_codes"


def expensive(kind: str) -> str:
    return kind.upper().replace(" ", "-")


@pytest.fixture
async def imported(separate: Database, tmp_path: Path) -> Database:
    await move(separate, up="head")
    rows = [
        {"asiointitunnus": expensive(kind), "sahkoposti": f"p{n}@aho.example", "salasana": legacy_hash}
        for n, (kind, legacy_hash) in enumerate(KEPT.items())
    ]
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file(*rows), len(rows))
    await import_drop(separate.engine, drop.written())
    return separate


async def test_affordable_hashes_stay(imported: Database) -> None:
    await move(imported, down=BEFORE)
    before = await values(imported, COSTS)
    await move(imported, up=NOW)
    assert await values(imported, COSTS) == before
    assert (await values(imported, UNPROVEN), await values(imported, FLAGGED)) == (set(), set())


@pytest.mark.parametrize("kind", EXPENSIVE)
async def test_expensive_hash_is_dropped_and_its_row_flagged(imported: Database, kind: str) -> None:
    await move(imported, down=BEFORE)
    column, cheap, costly = EXPENSIVE[kind]
    change = (
        f"UPDATE legacy_codes SET {column} = replace({column}, '{cheap}', '{costly}') WHERE code = '{expensive(kind)}'"
    )
    await execute(imported, change)
    assert await affordable(imported) == {True, False}, "the migration judges as the program does"
    await execute(imported, "UPDATE drop_rows SET flags = array_append(flags, 'ROW_VANISHED') WHERE code IS NOT NULL")
    await move(imported, up=NOW)
    assert await values(imported, UNPROVEN) == await values(imported, FLAGGED) == {expensive(kind)}
    assert await affordable(imported) == {True}
    (last,) = await values(
        imported, f"SELECT flags[cardinality(flags)] FROM drop_rows WHERE code = '{expensive(kind)}'"
    )
    assert last == "ROW_VANISHED", "flags keep the order of the catalogue"
    await move(imported, down=BEFORE)
    assert await values(imported, FLAGGED) == set()


async def affordable(database: Database) -> set[bool]:
    """Return the verdicts of the present code on the stored proofs."""
    wrapped_hashes = [cost.split(" ") for cost in await values(database, COSTS) if cost is not None]
    return {
        is_affordable(WrappedHash(LegacyScheme(scheme), settings, hash_)) for scheme, settings, hash_ in wrapped_hashes
    }
