"""Imitating names: invisible characters are refused on every path, mixed alphabets are shown to managers."""

import unicodedata
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from models.account import Account
from models.organization import Organization
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of
from tests.schema.mutations.account.own_account import PASSWORD, do, reasons
from tests.usecases.drop.handover import AHO, Handover, extranet_file, register_file
from tests.usecases.drop.state import import_rows
from usecases.drop.formats.register import read_company

DEMO_OY = """{ organization(businessId: "9200001-5") { nameMixesScripts
  administrators { nodes { displayName displayNameMixesScripts } }
} }"""
MEMBERS = """{ organization(businessId: "9200001-5") {
  memberships { nodes { person { displayName displayNameMixesScripts } } } } }"""
UPDATE = "mutation($i: ProfileUpdateInput!) { profileUpdate(input: $i) { userErrors { code field } } }"
CYRILLIC_A = "\N{CYRILLIC CAPITAL LETTER A}"
UNSEEN = {
    "zero width": "Aino\N{ZERO WIDTH SPACE} Aho",
    "joiner": "Ai\N{ZERO WIDTH JOINER}no",
    "bidi override": "Aino \N{RIGHT-TO-LEFT OVERRIDE}ohA",
    "bidi isolate": "\N{RIGHT-TO-LEFT ISOLATE}Aino",
    "soft hyphen": "Ai\N{SOFT HYPHEN}no",
    "control": "Aino\x07",
    "line end": "Aino\nAho",
    "tag": "Aino\N{TAG LATIN SMALL LETTER A}",
    "filler": "Aino\N{HANGUL FILLER}",
    "selector": "Aino\N{VARIATION SELECTOR-1}",
}


@pytest.mark.parametrize("which", UNSEEN)
async def test_b27_a_name_with_what_nobody_sees_is_refused(
    cast: Cast, client: httpx.AsyncClient, database: Database, which: str
) -> None:
    for field in ("displayName", "givenName", "familyName"):
        answer = await cast.ask("member", UPDATE, {"i": {"version": 1, field: UNSEEN[which]}})
        assert answer["data"]["profileUpdate"]["userErrors"] == [{"code": "INVALID", "field": ["input", field]}]
    given = {"email": "new@x.fi", "password": PASSWORD, "displayName": UNSEEN[which]}
    assert reasons(await do(client, "signUp", given)) == [("INVALID", "input.displayName")]
    assert (await account_of(database, "member")).version == 1
    async with database.sessions() as db:
        assert not list(await db.scalars(select(Account).where(Account.email_key == "new@x.fi")))


@pytest.mark.parametrize("which", UNSEEN)
def test_b27_the_register_names_no_organization_so(which: str) -> None:
    def written(name: str) -> dict[str, Any]:
        return {"businessId": {"value": AHO}, "names": [{"name": name, "type": "1"}]}

    assert read_company(written(UNSEEN[which])) is None
    assert read_company(written("Aino Aho")) is not None


async def test_b27_a_decomposed_name_is_kept_composed(cast: Cast, database: Database, tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Väinö Määttä")
    await cast.ask("member", UPDATE, {"i": {"version": 1, "displayName": decomposed}})
    assert (await account_of(database, "member")).display_name == "Väinö Määttä"
    name = unicodedata.normalize("NFD", "Ääni Oy")
    drop = Handover(tmp_path).add("REGISTER", register_file({"names": [{"name": name, "type": "1"}]}), 1)
    await import_rows(database.engine, drop.add("EXTRANET", extranet_file({}), 1).written())
    async with database.sessions() as db:
        assert await db.scalar(select(Organization.name).where(Organization.identifier == AHO)) == "Ääni Oy"


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("who", ["manager", "administrator", "support"])
async def test_b27_member_managers_see_that_a_name_mixes_scripts(
    cast: Cast, database: Database, who: str, compiled: bool
) -> None:
    assert await flags(cast, who) == (False, {"Jussi Jäsen": False, "Maria Mellin": False, "Aino Pääkäyttäjä": False})
    await rename(database, CYRILLIC_A + "ino Pääkäyttäjä", CYRILLIC_A + "cme Oy")
    for _ in range(2 * compiled):  # a repeated query is answered by compiled code
        await flags(cast, who)
    imitating = {"Jussi Jäsen": False, "Maria Mellin": False, CYRILLIC_A + "ino Pääkäyttäjä": True}
    assert await flags(cast, who) == (True, imitating)


async def test_b27_a_plain_member_is_not_told(cast: Cast, database: Database) -> None:
    await rename(database, CYRILLIC_A + "ino Pääkäyttäjä", CYRILLIC_A + "cme Oy")
    answer = await cast.ask("member", DEMO_OY)
    assert answer["data"]["organization"] == {
        "nameMixesScripts": None,
        "administrators": {"nodes": [{"displayName": CYRILLIC_A + "ino Pääkäyttäjä", "displayNameMixesScripts": None}]},
    }
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}


async def flags(cast: Cast, who: str) -> tuple[bool, dict[str, bool]]:
    """Return the flags of the organization's name and of each member's name."""
    organization, members = await cast.ask(who, DEMO_OY), await cast.ask(who, MEMBERS)
    assert "errors" not in organization | members
    people: list[dict[str, Any]] = members["data"]["organization"]["memberships"]["nodes"]
    found = {it["person"]["displayName"]: it["person"]["displayNameMixesScripts"] for it in people}
    for administrator in organization["data"]["organization"]["administrators"]["nodes"]:
        assert found[administrator["displayName"]] == administrator["displayNameMixesScripts"]
    return organization["data"]["organization"]["nameMixesScripts"], found


async def rename(database: Database, administrator: str, organization: str) -> None:
    """Give the administrator of Demo Oy and Demo Oy itself other names."""
    async with database.sessions.begin() as db:
        own = update(Account).where(Account.email_key == "administrator@demo.example")
        await db.execute(own.values(display_name=administrator))
        demo = update(Organization).where(Organization.identifier == "9200001-5")
        await db.execute(demo.values(name=organization))
