"""Accounts and codes that a report names for a row: only those that exist, never one under review itself."""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.conftest import empty
from tests.usecases.drop.handover import (
    Handover,
    consumer_file,
    extranet_file,
    prinetti_file,
    register_file,
    smartship_file,
)
from tests.usecases.drop.state import import_rows, state_of
from usecases.drop.import_drop import imported_drop

ADDRESS, LOOKALIKE = "liisa@aho.example", "liisa@\N{LATIN SMALL LETTER ALPHA}ho.example"
OTHER = "9100014-4"
AHO: dict[str, Any] = {}
TOINEN = {"businessId": {"value": OTHER}, "names": [{"name": "Toinen Oy", "type": "1"}]}
COMPANIES = (AHO, TOINEN)
BANKRUPT = {"companySituations": [{"type": "KONK"}]}
IMPORTED = {"IMPORT_CONSUMER", "IMPORT_CONSUMER_UNVERIFIED"}


async def add_account(database: Database, email: str, name: str, status: str = "ACTIVE") -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO accounts (id, status, email, email_key, display_name, language) "
                "VALUES (gen_random_uuid(), :status, :email, :email, :name, 'fi')"
            ),
            {"status": status, "email": email, "name": name},
        )


def drop_of(path: Path, *files: tuple[str, bytes, int], sequence: int = 1) -> Path:
    drop = Handover(path)
    for service, content, rows in files:
        drop.add(service, content, rows, sequence)
    return drop.written()


REGISTER = ("REGISTER", register_file(*COMPANIES), 2)


async def in_both_orders(database: Database, dsn: str, path: Path, *files: tuple[str, bytes, int]) -> list[Any]:
    """Import the files in one drop, then one by one in either order; return the rows of the drop's report."""
    accounts = (await state_of(database.engine))["accounts"]
    rows = await import_rows(database.engine, drop_of(path / "whole", REGISTER, *files))
    whole = await state_of(database.engine)
    for order in (files, files[::-1]):
        await empty(dsn)
        for account in accounts:
            await add_account(database, account[1], account[3], account[0])
        for file in (REGISTER, *order):
            await import_rows(database.engine, drop_of(path / f"{order[0][0]}-{file[0]}", file))
        state = await state_of(database.engine)
        assert linked_accounts(state) == linked_accounts(whole)
        for kind in ("codes", "outcomes"):
            assert state[kind] == whole[kind], kind
    return rows


def linked_accounts(state: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the accounts that codes are linked to; an account that lost its last code stays without effect."""
    linked = {code[7] for code in state["codes"]}
    return [account for account in state["accounts"] if account[2] in linked]


async def test_linked_row_names_no_consumer_under_review(database: Database, dsn: str, tmp_path: Path) -> None:
    """The account's owner has another name than the consumer row, so only the code of the same name is linked."""
    await add_account(database, ADDRESS, "Pekka Virtanen")
    code, consumer = await in_both_orders(
        database,
        dsn,
        tmp_path,
        ("EXTRANET", extranet_file({"sukunimi_etunimi": "Virtanen Pekka"}), 1),
        ("OMAPOSTI", consumer_file({}), 1),
    )
    assert (consumer["outcome"], consumer["flags"]) == ("NEEDS_REVIEW", ["EMAIL_TAKEN_OTHER_NAME"])
    assert code["outcome"] == "LINK_EXISTING_PENDING"
    assert "account" not in code


async def test_code_of_a_consumer_under_review_is_reviewed(database: Database, dsn: str, tmp_path: Path) -> None:
    """The consumer's address imitates another one, so there is no account yet to link the code to."""
    code, consumer, _ = await in_both_orders(
        database,
        dsn,
        tmp_path,
        ("SMARTSHIP", smartship_file({"email": LOOKALIKE}), 1),
        ("OMAPOSTI", consumer_file({"email": LOOKALIKE}, {"omapostiId": "c-2"}), 2),
    )
    assert (consumer["outcome"], consumer["flags"]) == ("NEEDS_REVIEW", ["EMAIL_IDN", "EMAIL_CONFUSABLE_WITH:c-2"])
    assert code["outcome"] == "NEEDS_REVIEW"
    assert "CONSUMER_IN_REVIEW" in code["flags"]
    assert [row[2] for row in linked_accounts(await state_of(database.engine))] == [ADDRESS]


async def test_namesake_flag_names_no_consumer_under_review(database: Database, dsn: str, tmp_path: Path) -> None:
    await add_account(database, ADDRESS, "Pekka Virtanen")
    rows = await in_both_orders(
        database,
        dsn,
        tmp_path,
        ("EXTRANET", extranet_file({}), 1),
        ("PRINETTI", prinetti_file({"email": "l@aho.example", "name": "Virtanen L."}), 1),
        ("OMAPOSTI", consumer_file({}), 1),
    )
    assert [row["outcome"] for row in rows] == ["NEEDS_REVIEW", "CREATE_PENDING", "NEEDS_REVIEW"]
    assert rows[1]["flags"] == ["NAME_INITIAL_ONLY", "NO_LEGACY_HASH"]


async def test_joined_row_goes_bankrupt_and_is_joined_no_more(database: Database, tmp_path: Path) -> None:
    newest = smartship_file({"user_id": "FI91000144", "last_login": "2020-02-28T00:00:00Z"})
    first = drop_of(tmp_path / "1", REGISTER, ("EXTRANET", extranet_file({}), 1), ("SMARTSHIP", newest, 1))
    rows = await import_rows(database.engine, first)
    assert [row.get("joins") for row in rows] == ["SMARTSHIP:FI91000144/liisa", None]
    bankrupt = ("REGISTER", register_file(TOINEN | BANKRUPT), 1)
    await import_rows(database.engine, drop_of(tmp_path / "2", bankrupt, sequence=2))
    outcomes = (await state_of(database.engine))["outcomes"]
    assert [(row[2], row[4]) for row in outcomes] == [("CREATE_PENDING", None), ("NEEDS_REVIEW", None)]


@dataclass(frozen=True, slots=True)
class World:
    """Files in the order of their drops, and the accounts that existed before them."""

    drops: list[tuple[int, tuple[str, bytes, int]]]
    accounts: list[tuple[str, str, str]]


NAMES = [("Liisa", "Virtanen"), ("Pekka", "Virtanen"), ("L", "Virtanen")]
EMAILS = [ADDRESS, LOOKALIKE, "l.virtanen@aho.example", "pekka@aho.example"]


def random_extranet(chance: random.Random, number: int) -> dict[str, str]:
    given, family = chance.choice(NAMES)
    return {
        "asiointitunnus": f"E{number}",
        "sukunimi_etunimi": f"{family} {given}",
        "sahkoposti": chance.choice([email for email in EMAILS if email != LOOKALIKE]),
        "viim_kirjautuminen": chance.choice(["1.2.2020", "2.2.2020", "3.2.2020"]),
        "y_tunnus": chance.choice(["9100001-3", OTHER]),
    }


def random_smartship(chance: random.Random, number: int) -> dict[str, str]:
    name, company = " ".join(chance.choice(NAMES)), chance.choice(["FI91000013", "FI91000144"])
    return {"user_id": company, "profile_id": str(number), "display_name": name, "email": chance.choice(EMAILS)}


def random_consumer(chance: random.Random, number: int) -> dict[str, Any]:
    given, family = chance.choice(NAMES)
    email, is_verified = chance.choice(EMAILS), chance.random() < 0.8
    names = {"firstName": given, "lastName": family}
    return {"omapostiId": f"c-{number}", "email": email, "emailVerified": is_verified, **names}


def random_world(chance: random.Random) -> World:
    """Return one to three rows for each service over few names and addresses; some services send a second file."""
    drops: list[tuple[int, tuple[str, bytes, int]]] = []
    for sequence in (1, 2):
        rows = chance.randint(1, 3)
        companies = [company | (BANKRUPT if chance.random() < 0.3 else {}) for company in COMPANIES]
        files = [
            ("EXTRANET", extranet_file(*(random_extranet(chance, number) for number in range(rows))), rows),
            ("SMARTSHIP", smartship_file(*(random_smartship(chance, number) for number in range(rows))), rows),
            ("OMAPOSTI", consumer_file(*(random_consumer(chance, number) for number in range(rows))), rows),
            ("REGISTER", register_file(*companies), 2),
        ]
        drops += [(sequence, file) for file in files if sequence == 1 or chance.random() < 0.6]
    accounts = [
        (email, " ".join(chance.choice(NAMES)), chance.choice(["ACTIVE", "ACTIVE", "CLOSED", "UNVERIFIED"]))
        for email in EMAILS
        if email.isascii() and chance.random() < 0.3
    ]
    return World(drops, accounts)


def shuffled(world: World, chance: random.Random) -> World:
    """Return the same files in another order, in which each service's sequences still grow."""
    drops = chance.sample(world.drops, len(world.drops))
    return replace(world, drops=sorted(drops, key=lambda drop: drop[0]) if chance.random() < 0.5 else _grown(drops))


def _grown(drops: list[tuple[int, tuple[str, bytes, int]]]) -> list[tuple[int, tuple[str, bytes, int]]]:
    waiting = {service: sorted(d for d in drops if d[1][0] == service) for service in {d[1][0] for d in drops}}
    return [waiting[service].pop(0) for _, (service, _, _) in drops]


async def broken_off(database: Database, drop: Path, chance: random.Random) -> None:
    """Begin to import a drop and break off at a random step; a short import may finish."""
    steps = chance.randint(1, 6)

    def breaking(*_: Any) -> None:
        nonlocal steps
        steps -= 1
        if not steps:
            raise ConnectionAbortedError

    try:
        async with imported_drop(database.engine, drop, progress=breaking):
            pass
    except ConnectionAbortedError:
        return


async def imported_world(database: Database, world: World, path: Path, chance: random.Random) -> dict[str, Any]:
    """Import a world into the empty database and return its state; some imports are broken off and continued."""
    for account in world.accounts:
        await add_account(database, *account)
    for number, (sequence, file) in enumerate(world.drops):
        drop = drop_of(path / str(number), file, sequence=sequence)
        if chance.random() < 0.5:
            await broken_off(database, drop, chance)
        await import_rows(database.engine, drop)
    return await state_of(database.engine)


async def assert_names_only_what_exists(database: Database) -> None:
    """Compare the accounts and codes that current rows name with the outcome of the named row."""
    query = text(
        "SELECT s.code || ':' || r.code_key AS key, r.code_key, r.outcome, r.flags, r.account_code, r.joins "
        "FROM drop_rows AS r JOIN services AS s ON s.id = r.service_id WHERE r.current"
    )
    async with database.engine.connect() as connection:
        rows = (await connection.execute(query)).mappings().all()
    by_key = {row["key"]: row for row in rows}
    for row in rows:
        told = json.dumps(dict(row))
        named = [flag.partition(":")[2] for flag in row["flags"] if flag.startswith("POSSIBLE_SAME_PERSON:")]
        for code in [*named, *([row["account_code"]] if row["account_code"] else [])]:
            assert by_key[f"OMAPOSTI:{code}"]["outcome"] in IMPORTED, told
        if row["joins"]:
            joined = by_key[row["joins"]]
            assert (joined["outcome"], joined["joins"]) == ("CREATE_PENDING", None), told


async def try_worlds(database: Database, dsn: str, path: Path, seeds: range) -> None:
    """Import random worlds, each in two orders; compare their states, and the names in their rows."""
    for seed in seeds:
        chance = random.Random(seed)
        world = random_world(chance)
        states: list[dict[str, Any]] = []
        for order in (world, shuffled(world, chance)):
            await empty(dsn)
            states.append(await imported_world(database, order, path / f"{seed}-{len(states)}", chance))
            await assert_names_only_what_exists(database)
        current = [[row for row in state["outcomes"] if row[6]] for state in states]
        assert current[0] == current[1], seed
        assert linked_accounts(states[0]) == linked_accounts(states[1]), seed
        for kind in ("codes", "memberships"):
            assert states[0][kind] == states[1][kind], (seed, kind)


async def test_random_drops_name_only_what_exists(database: Database, dsn: str, tmp_path: Path) -> None:
    await try_worlds(database, dsn, tmp_path, range(6))


@pytest.mark.long
async def test_many_random_drops_name_only_what_exists(database: Database, dsn: str, tmp_path: Path) -> None:
    await try_worlds(database, dsn, tmp_path, range(6, 60))
