"""Codes of several services with one address: an unverified address links no codes."""

from pathlib import Path

import httpx
import pytest

from server.db.database import Database
from tests.schema.mutations.account.mailed import token
from tests.schema.mutations.account.own_account import PASSWORD, codes, do
from tests.usecases.drop.handover import Handover, consumer_file, extranet_file, register_file, smartship_file
from tests.usecases.drop.state import import_rows, state_of
from usecases.mail.message_kind import MessageKind


@pytest.mark.parametrize("last_name", ["Virtanen", "Vieras"])
async def test_b79_unverified_shared_address_links_no_codes_and_is_listed(
    last_name: str, database: Database, tmp_path: Path
) -> None:
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1)
    drop.add("EXTRANET", extranet_file({}), 1).add("SMARTSHIP", smartship_file({}), 1)
    drop.add("OMAPOSTI", consumer_file({"emailVerified": False, "lastName": last_name}), 1)
    rows = await import_rows(database.engine, drop.written())
    assert [(row["outcome"], row["flags"][0]) for row in rows] == [
        ("NEEDS_REVIEW", "CONSUMER_UNVERIFIED"),
        ("NEEDS_REVIEW", "CONSUMER_UNVERIFIED"),
        ("IMPORT_CONSUMER_UNVERIFIED", "PREHIJACK_RISK"),
    ]
    state = await state_of(database.engine)
    linked = {row[1]: (row[4], row[7]) for row in state["codes"]}
    assert linked == {
        "EXT1": ("IN_REVIEW", None),
        "FI91000013/liisa": ("IN_REVIEW", None),
        "c-1": ("LINK_PENDING", "liisa@aho.example"),
    }
    assert [row[0] for row in state["accounts"]] == ["PENDING"]
    assert state["memberships"] == state["accesses"] == []


async def test_b79_address_verified_by_all_with_one_name_is_one_account(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1)
    drop.add("EXTRANET", extranet_file({}), 1).add("SMARTSHIP", smartship_file({}), 1)
    await import_rows(database.engine, drop.add("OMAPOSTI", consumer_file({}), 1).written())
    state = await state_of(database.engine)
    assert len(state["accounts"]) == 1
    assert {row[7] for row in state["codes"]} == {"liisa@aho.example"}


@pytest.mark.parametrize(
    ("handed_over", "typed"),
    [
        ("Liisa.Virtanen@Aho.Example", "liisa.virtanen@aho.example"),
        ("liisa.virtanen@aho.example", " LIISA.Virtanen@AHO.example "),
        ("liisa@öhman.example", "Liisa@XN--hman-4qa.example"),
    ],
)
async def test_b25_other_spelling_of_an_address_is_the_imported_account(
    client: httpx.AsyncClient, database: Database, tmp_path: Path, handed_over: str, typed: str
) -> None:
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1)
    await import_rows(database.engine, drop.add("EXTRANET", extranet_file({"sahkoposti": handed_over}), 1).written())
    (before,) = (await state_of(database.engine))["accounts"]
    given = {"email": typed, "password": PASSWORD, "displayName": "Liisa Virtanen"}
    assert codes(await do(client, "signUp", given)) == []
    assert [row[2] for row in (await state_of(database.engine))["accounts"]] == [before[2]]
    confirmed = {"token": await token(database, MessageKind.SIGN_UP_CONFIRM), "password": PASSWORD}
    assert codes(await do(client, "emailConfirm", confirmed)) == []
    state = await state_of(database.engine)
    assert [(row[0], row[2]) for row in state["accounts"]] == [("ACTIVE", before[2])]
    assert [row[7] for row in state["codes"]] == [before[2]], "the person can still claim their old code"
