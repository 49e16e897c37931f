"""Odd rows: each is rejected or reviewed by itself, and the file continues."""

from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from tests.usecases.drop.handover import Handover, consumer_file, extranet_file, prinetti_file, register_file
from tests.usecases.drop.state import import_rows, state_of

GOOD = [{"asiointitunnus": f"GOOD{n}", "sahkoposti": f"good{n}@aho.example"} for n in range(6)]


async def rows_of(database: Database, path: Path, service: str, content: bytes, rows: int) -> list[dict[str, Any]]:
    drop = Handover(path).add("REGISTER", register_file(), 1).add(service, content, rows)
    return await import_rows(database.engine, drop.written())


async def extranet_row(database: Database, path: Path, **cells: str) -> dict[str, Any]:
    """Import an Extranet row after six ordinary ones and return its report."""
    content = extranet_file(*GOOD, cells)
    return (await rows_of(database, path, "EXTRANET", content, 7))[6]


ROWS: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "ordinary": ({}, "CREATE_PENDING", ["NO_LEGACY_HASH"]),
    "no code": ({"asiointitunnus": " "}, "REJECT_ROW", ["CODE_MISSING"]),
    "an identity code as code": ({"asiointitunnus": "010190-123A"}, "REJECT_ROW", ["PERSONAL_ID_REDACTED"]),
    "a line end in the code": ({"asiointitunnus": "EXT\r\n1"}, "REJECT_ROW", ["CODE_INVALID"]),
    "a NUL": ({"sukunimi_etunimi": "Virta\0nen"}, "REJECT_ROW", ["NUL_BYTE"]),
    "a line end in the name": (
        {"sukunimi_etunimi": "Virtanen\r\nLiisa"},
        "NEEDS_REVIEW",
        ["NAME_INVALID", "NO_LEGACY_HASH"],
    ),
    "a formula as name": (
        {"sukunimi_etunimi": '=HYPERLINK("http://x.example";"Virtanen")'},
        "NEEDS_REVIEW",
        ["FORMULA", "NO_LEGACY_HASH"],
    ),
    "a formula as number": ({"sopimusnumero": "=1+1"}, "NEEDS_REVIEW", ["FORMULA", "NO_LEGACY_HASH"]),
    "scientific notation": ({"sopimusnumero": "6,12E+05"}, "NEEDS_REVIEW", ["NUMBER_SCIENTIFIC", "NO_LEGACY_HASH"]),
    "an identity code in the name": (
        {"sukunimi_etunimi": "Virtanen Liisa 010190-123A"},
        "CREATE_PENDING",
        ["PERSONAL_ID_REDACTED", "NO_LEGACY_HASH"],
    ),
    "an identity code in the address": (
        {"sahkoposti": "liisa.010190-123A@aho.example"},
        "NEEDS_EMAIL",
        ["PERSONAL_ID_REDACTED", "NO_LEGACY_HASH"],
    ),
    "a lost character before the @": (
        {"sahkoposti": "p?ivi@aho.example"},
        "NEEDS_REVIEW",
        ["EMAIL_LETTER_LOST_SUSPECTED", "NO_LEGACY_HASH"],
    ),
    "a lost character in one of several addresses": (
        {"sahkoposti": "p?ivi@aho.example; liisa@aho.example"},
        "NEEDS_REVIEW",
        ["EMAIL_MULTIPLE", "EMAIL_LETTER_LOST_SUSPECTED", "NO_LEGACY_HASH"],
    ),
    "a lost character in the domain": (
        {"sahkoposti": "liisa@s??ti.example"},
        "NEEDS_EMAIL",
        ["EMAIL_INVALID", "NO_LEGACY_HASH"],
    ),
    "no address but a question": ({"sahkoposti": "?"}, "NEEDS_EMAIL", ["EMAIL_INVALID", "NO_LEGACY_HASH"]),
    "an address that no message reaches": (
        {"sahkoposti": "=?utf-8?q?=61?=@aho.example"},
        "NEEDS_EMAIL",
        ["EMAIL_INVALID", "NO_LEGACY_HASH"],
    ),
    "two phones": ({"puhelin": "040 123 4567 / 09 123 4567"}, "CREATE_PENDING", ["PHONE_SEVERAL", "NO_LEGACY_HASH"]),
    "a role mailbox of a person": (
        {"sahkoposti": "info@aho.example"},
        "NEEDS_REVIEW",
        ["ROLE_MAILBOX", "NO_LEGACY_HASH"],
    ),
    "a personal mailbox of no person": (
        {"sukunimi_etunimi": "VARASTO"},
        "NEEDS_REVIEW",
        ["NAME_NOT_PERSON", "NO_LEGACY_HASH"],
    ),
    "another service": ({"palvelu": "NETPOSTI"}, "NEEDS_REVIEW", ["SERVICE_MISMATCH", "NO_LEGACY_HASH"]),
    "roles that disagree": ({"pk": "K"}, "NEEDS_REVIEW", ["ROLE_UNKNOWN", "NO_LEGACY_HASH"]),
    "an unknown state of the code": ({"tila": "?"}, "NEEDS_REVIEW", ["CODE_LOCKED", "NO_LEGACY_HASH"]),
    "a company that is not in the register": (
        {"y_tunnus": "9100040-0"},
        "ORG_UNRESOLVED",
        ["ORG_NOT_IN_REGISTER", "NO_LEGACY_HASH"],
    ),
    "no company": ({"y_tunnus": ""}, "ORG_UNRESOLVED", ["BUSINESS_ID_MISSING", "NO_LEGACY_HASH"]),
    "a bcrypt hash that costs too much": (
        {"salasana": "$2b$31$" + "a" * 21 + "." + "a" * 31},
        "CREATE_PENDING",
        ["HASH_TOO_EXPENSIVE"],
    ),
    "a pbkdf2 hash that costs too much": (
        {"salasana": "pbkdf2_sha256$4294967295$salt$" + "A" * 43 + "="},
        "CREATE_PENDING",
        ["HASH_TOO_EXPENSIVE"],
    ),
    "a phpass hash that costs too much": ({"salasana": "$P$S" + "a" * 30}, "CREATE_PENDING", ["HASH_TOO_EXPENSIVE"]),
    "an argon2id hash that costs too much": (
        {"salasana": f"$argon2id$v=19$m=4194304,t=3,p=1$AAAAAAAAAAA${'A' * 22}"},
        "CREATE_PENDING",
        ["HASH_TOO_EXPENSIVE"],
    ),
    "settings without a digest": (
        {"salasana": "$2b$04$" + "a" * 21 + "."},
        "CREATE_PENDING",
        ["HASH_UNRECOGNISED"],
    ),
    "what may be the password itself": ({"salasana": "kesä2019"}, "CREATE_PENDING", ["HASH_UNRECOGNISED"]),
    "an administrator without an address": (
        {"sahkoposti": "-", "rooli": "Pääkäyttäjä", "pk": "K"},
        "NEEDS_EMAIL",
        ["EMAIL_INVALID", "ADMIN_UNREACHABLE", "NO_LEGACY_HASH"],
    ),
}


@pytest.mark.parametrize("case", ROWS)
async def test_odd_row_ends_in_its_expected_outcome(case: str, database: Database, tmp_path: Path) -> None:
    cells, outcome, flags = ROWS[case]
    row = await extranet_row(database, tmp_path, **cells)
    assert (row["outcome"], row["flags"]) == (outcome, flags)


async def test_consumer_with_a_lost_character_gets_no_account(database: Database, tmp_path: Path) -> None:
    rows = await rows_of(database, tmp_path, "OMAPOSTI", consumer_file({"email": "p?ivi@aho.example"}), 1)
    assert [(row["outcome"], row["flags"]) for row in rows] == [("NEEDS_REVIEW", ["EMAIL_LETTER_LOST_SUSPECTED"])]
    assert (await state_of(database.engine))["accounts"] == []


async def test_plain_password_in_a_row_is_stored_nowhere(database: Database, tmp_path: Path) -> None:
    await extranet_row(database, tmp_path, salasana="kesä2019")
    assert "kesä2019" not in repr(await state_of(database.engine))


async def test_line_of_50_mb_is_skipped(database: Database, tmp_path: Path) -> None:
    long = b"x" * 50_000_000
    content = extranet_file(*GOOD).replace(b"GOOD3", long)
    rows = await rows_of(database, tmp_path, "EXTRANET", content, 6)
    assert [row["flags"] for row in rows if row["outcome"] == "REJECT_ROW"] == [["LINE_TOO_LONG"]]
    assert len(rows) == 6


@pytest.mark.parametrize("line_end", [b"\r", b"\n", b"\r\n"])
async def test_every_line_end_ends_a_line(line_end: bytes, database: Database, tmp_path: Path) -> None:
    content = extranet_file(*GOOD).replace(b"\r\n", line_end)
    rows = await rows_of(database, tmp_path, "EXTRANET", content, 6)
    assert [row["outcome"] for row in rows] == ["CREATE_PENDING"] * 6


async def test_utf_16_is_read_where_it_is_declared(database: Database, tmp_path: Path) -> None:
    content = extranet_file(*GOOD, {"sukunimi_etunimi": "Meikäläinen Matti"}).decode("cp1252").encode("utf-16")
    drop = Handover(tmp_path).add("EXTRANET", content, 7, encoding="utf-16")
    assert len(await import_rows(database.engine, drop.written())) == 7
    assert "Matti Meikäläinen" not in repr(await state_of(database.engine))  # without the register there is no account


async def test_undeclared_encoding_is_detected(database: Database, tmp_path: Path) -> None:
    register = register_file()
    for sequence, encoding in enumerate(["cp1252", "utf-8", "utf-8-sig", "utf-16"], start=1):
        cells = {"sukunimi_etunimi": f"Öhman {encoding[0].upper()}aija", "sahkoposti": f"e{sequence}@aho.example"}
        content = extranet_file(cells).decode("cp1252").encode(encoding)
        drop = Handover(tmp_path / encoding).add("REGISTER", register, 1, sequence=sequence)
        drop.add("EXTRANET", content, 1, sequence=sequence, encoding=None)
        await import_rows(database.engine, drop.written())
        names = [row[3] for row in (await state_of(database.engine))["accounts"]]
        assert f"{encoding[0].upper()}aija Öhman" in names


BAD_JSON = {
    "not JSON": b"{",
    "no object": b"[1]",
    "deep": b"[" * 100_000,
    "deep with an escape": b'{"omapostiId": ' + b"[" * 800 + b'"\\u0041"' + b"]" * 800 + b"}",
    "a number for a text": b'{"omapostiId": 5, "emailVerified": true}',
    "a text for a truth": b'{"omapostiId": "c-9", "emailVerified": "yes"}',
    "an escaped NUL": b'{"omapostiId": "c-9\\u0000", "emailVerified": true}',
    "half a character": b'{"omapostiId": "c-9", "emailVerified": true, "firstName": "\\ud800"}',
}


@pytest.mark.parametrize("case", BAD_JSON)
async def test_a_bad_json_row_is_rejected_alone(case: str, database: Database, tmp_path: Path) -> None:
    content = consumer_file(*({"omapostiId": f"c-{n}", "email": f"c{n}@x.example"} for n in range(4))) + BAD_JSON[case]
    rows = await rows_of(database, tmp_path, "OMAPOSTI", content, 5)
    assert [row["outcome"] for row in rows] == ["IMPORT_CONSUMER"] * 4 + ["REJECT_ROW"]
    assert rows[4]["key"] is None


async def test_b77_codes_that_differ_by_case_zeros_or_spaces_are_different_codes(
    database: Database, tmp_path: Path
) -> None:
    users = ["001", "1", "01", "a", "A", "a "]
    content = prinetti_file(*({"user": user, "email": f"u{n}@aho.example"} for n, user in enumerate(users)))
    await rows_of(database, tmp_path, "PRINETTI", content, 6)
    assert sorted(row[1] for row in (await state_of(database.engine))["codes"]) == sorted(
        f"prin/0012/{u}" for u in users
    )
