"""The order of files and drops has no effect, and a newer file of a service prevails."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.conftest import empty
from tests.usecases.drop.handover import (
    SAMPLE,
    Handover,
    consumer_file,
    extranet_file,
    prinetti_file,
    register_file,
    smartship_file,
)
from tests.usecases.drop.state import import_rows, state_of

PASSED = ("accounts", "codes", "memberships", "accesses", "organizations", "numbers", "outcomes")


def sample_parts(path: Path) -> list[Path]:
    """Split the sample into drops of one file each."""
    manifest = json.loads((SAMPLE / "manifest.json").read_text())
    parts = []
    for file in manifest["files"]:
        folder = path / file["name"]
        folder.mkdir()
        (folder / file["name"]).write_bytes((SAMPLE / file["name"]).read_bytes())
        (folder / "manifest.json").write_text(json.dumps(manifest | {"files": [file]}))
        parts.append(folder)
    return parts


async def test_the_sample_file_by_file_in_any_order_gives_the_same_state(
    database: Database, dsn: str, tmp_path: Path
) -> None:
    await import_rows(database.engine, SAMPLE)
    whole = await state_of(database.engine)
    parts = sample_parts(tmp_path)
    for order in (parts, parts[::-1], [parts[i] for i in (2, 4, 0, 3, 1)], [parts[i] for i in (3, 1, 4, 0, 2)]):
        await empty(dsn)
        for part in order:
            await import_rows(database.engine, part)
        state = await state_of(database.engine)
        for kind in PASSED:
            assert state[kind] == whole[kind], (kind, [part.name for part in order])


ADMINISTRATOR = {"rooli": "Pääkäyttäjä", "pk": "K"}
FILES: dict[str, tuple[str, bytes]] = {
    "a namesake's code": (
        "EXTRANET",
        extranet_file({"viim_kirjautuminen": "1.2.2020", **ADMINISTRATOR}),
    ),
    "another code of the person": ("PRINETTI", prinetti_file({"name": "Virtanen Liisa", "last_login": "20200227"})),
    "consumer account of the person": ("OMAPOSTI", consumer_file({"lastName": "Virta"})),
}
UNVERIFIED = ("OMAPOSTI", consumer_file({"emailVerified": False}))


@pytest.mark.parametrize("consumer", [FILES["consumer account of the person"], UNVERIFIED])
async def test_files_with_one_address_may_come_in_any_order(
    consumer: tuple[str, bytes], database: Database, dsn: str, tmp_path: Path
) -> None:
    register = ("REGISTER", register_file())
    files = [FILES["a namesake's code"], FILES["another code of the person"], consumer, register]
    states: list[dict[str, Any]] = []
    for number, order in enumerate(permutations(files)):
        await empty(dsn)
        for service, content in order:
            await import_rows(
                database.engine, Handover(tmp_path / f"{number}{service}").add(service, content, 1).written()
            )
        states.append(await state_of(database.engine))
    for state in states[1:]:
        for kind in PASSED:
            assert state[kind] == states[0][kind], kind


async def test_an_account_takes_the_details_of_the_newest_used_code(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1)
    drop.add("EXTRANET", extranet_file({"viim_kirjautuminen": "1.2.2020", "kieli": "sv"}), 1)
    drop.add("SMARTSHIP", smartship_file({"last_login": "2020-02-02T00:00:00Z", "lang": "en"}), 1)
    rows = await import_rows(database.engine, drop.written())
    assert [row.get("joins") for row in rows] == ["SMARTSHIP:FI91000013/liisa", None]
    assert [row[7] for row in (await state_of(database.engine))["accounts"]] == ["en"]


async def test_a_vanished_code_is_flagged_and_stays_linked_until_it_returns(database: Database, tmp_path: Path) -> None:
    both = extranet_file({}, {"asiointitunnus": "EXT2", "sahkoposti": "two@aho.example"})
    drop = Handover(tmp_path / "1").add("REGISTER", register_file(), 1).add("EXTRANET", both, 2)
    await import_rows(database.engine, drop.written())
    await import_rows(database.engine, Handover(tmp_path / "2").add("EXTRANET", extranet_file({}), 1, 2).written())
    state = await state_of(database.engine)
    assert [(row[2], row[7], row[11]) for row in state["codes"]] == [
        ("EXT1", "liisa@aho.example", True),
        ("EXT2", "two@aho.example", False),
    ]
    assert ("extranet-1", 2, "CREATE_PENDING", ["NO_LEGACY_HASH", "ROW_VANISHED"], None, None, True) in state[
        "outcomes"
    ]
    assert len(state["memberships"]) == 2
    await import_rows(database.engine, Handover(tmp_path / "3").add("EXTRANET", both, 2, 3).written())
    assert [row[11] for row in (await state_of(database.engine))["codes"]] == [True, True]


async def test_a_newer_file_moves_a_code_to_its_new_address_and_lowers_its_role(
    database: Database, tmp_path: Path
) -> None:
    other = {"asiointitunnus": "EXT2", **ADMINISTRATOR}
    drop = Handover(tmp_path / "1").add("REGISTER", register_file(), 1)
    drop.add("EXTRANET", extranet_file({"sahkoposti": "old@aho.example"}, other), 2)
    await import_rows(database.engine, drop.written())
    newer = extranet_file({"sahkoposti": "new@aho.example"}, {"asiointitunnus": "EXT2"})
    await import_rows(database.engine, Handover(tmp_path / "2").add("EXTRANET", newer, 2, 2).written())
    state = await state_of(database.engine)
    assert [(row[2], row[7]) for row in state["codes"]] == [("EXT1", "new@aho.example"), ("EXT2", "liisa@aho.example")]
    assert [(row[0], row[2]) for row in state["memberships"]] == [
        ("liisa@aho.example", "MEMBER"),
        ("new@aho.example", "MEMBER"),
    ]


async def test_import_does_not_overwrite_an_active_account(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path / "1").add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file({}), 1)
    await import_rows(database.engine, drop.written())
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET status = 'ACTIVE', display_name = 'Liisa V', phone = NULL"))
        await connection.execute(text("UPDATE memberships SET status = 'ACTIVE'"))
    newer = extranet_file({"kieli": "sv", **ADMINISTRATOR, "sukunimi_etunimi": "V Liisa"})
    rows = await import_rows(database.engine, Handover(tmp_path / "2").add("EXTRANET", newer, 1, 2).written())
    assert [row["outcome"] for row in rows] == ["LINK_EXISTING_PENDING"]
    state = await state_of(database.engine)
    assert [(row[3], row[6], row[7]) for row in state["accounts"]] == [("Liisa V", None, "fi")]
    assert [(row[2], row[3]) for row in state["memberships"]] == [("MEMBER", "ACTIVE")]


ACCOUNTS = {
    "ACTIVE": ("LINK_EXISTING_PENDING", []),
    "UNVERIFIED": ("NEEDS_REVIEW", ["CONSUMER_UNVERIFIED"]),
    "SUSPENDED": ("NEEDS_REVIEW", ["ACCOUNT_CLOSED"]),
    "CLOSED": ("NEEDS_REVIEW", ["ACCOUNT_CLOSED"]),
}


@pytest.mark.parametrize("status", ACCOUNTS)
async def test_existing_account_is_linked_only_if_it_is_active(status: str, database: Database, tmp_path: Path) -> None:
    await _sign_up(database, status, "Liisa Virtanen")
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file({}), 1)
    row = (await import_rows(database.engine, drop.written()))[0]
    outcome, flags = ACCOUNTS[status]
    assert (row["outcome"], row["flags"]) == (outcome, [*flags, "NO_LEGACY_HASH"])


async def test_an_active_account_under_another_name_is_reviewed(database: Database, tmp_path: Path) -> None:
    await _sign_up(database, "ACTIVE", "Pekka Virtanen")
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", extranet_file({}), 1)
    drop.add("OMAPOSTI", consumer_file({}), 1)
    rows = await import_rows(database.engine, drop.written())
    assert [row["outcome"] for row in rows] == ["NEEDS_REVIEW"] * 2
    assert all("EMAIL_TAKEN_OTHER_NAME" in row["flags"] for row in rows)


async def test_two_rows_of_one_code_that_disagree_are_both_reviewed(database: Database, tmp_path: Path) -> None:
    content = extranet_file({}, {"sahkoposti": "other@aho.example"}, {})
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", content, 3)
    rows = await import_rows(database.engine, drop.written())
    assert [row["outcome"] for row in rows] == ["NEEDS_REVIEW", "NEEDS_REVIEW", "NOOP_DUPLICATE"]
    assert [row["flags"][0] for row in rows] == ["DUPLICATE_DIFFERS", "DUPLICATE_DIFFERS", "DUPLICATE_IN_FILE"]
    assert (await state_of(database.engine))["accounts"] == []


async def _sign_up(database: Database, status: str, name: str) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO accounts (id, status, email, email_key, display_name, language) VALUES "
                "(gen_random_uuid(), :status, 'liisa@aho.example', 'liisa@aho.example', :name, 'fi')"
            ),
            {"status": status, "name": name},
        )
