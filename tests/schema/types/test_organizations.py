"""`organization` and `organizations`: found by name and number in any spelling, by permitted viewers only."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLObjectType
from starlette.applications import Starlette

from models.db.clock import now
from models.membership import Role
from models.organization import IdentifierScheme, Organization, OrganizationStatus, RegisterStatus
from models.values.sort_key import finnish_sort_key
from schema.build import SCHEMA
from server.db.database import Database
from tests.cast import Cast, add_cast, signed_in_cast
from tests.conftest import empty
from tests.schema.declare.permission_paths import ROLE_PERMISSIONS
from tests.schema.types.listed import ORGANIZATIONS, listed, names
from usecases.demo import DemoOrganization, DemoPerson, load_cast

AWAITING, CLOSED = OrganizationStatus.AWAITING_ADMINISTRATOR, OrganizationStatus.CLOSED
MORE = {
    "Äänekosken Ääni Oy": (AWAITING, RegisterStatus.REGISTERED),
    "Aanekosken Auto": (AWAITING, RegisterStatus.BANKRUPT),
    "100 % Villaa Ky": (CLOSED, RegisterStatus.CEASED),
    "Villa_Rosa": (AWAITING, None),
    "Villa Rosa": (AWAITING, RegisterStatus.LIQUIDATION),
    "VillaXRosa": (CLOSED, RegisterStatus.CEASED),
    r"Kauppa \ Kumpp.": (AWAITING, None),
    "Café Été": (AWAITING, None),
}
DEMO = ["Demo Oy", "Toinen Demo Oy"]
JOINED = DemoOrganization("Äidin Oy", "9300001-1", {"daughter": Role.ADMINISTRATOR})


@pytest.fixture(scope="module")
async def cast(app: Starlette, opened: Database, dsn: str) -> AsyncIterator[Cast]:
    """Return the cast among more organizations, made once because these tests only read."""
    await empty(dsn)
    await add_cast(opened)
    async with opened.sessions.begin() as db:
        await load_cast(db, {"daughter": DemoPerson("Tytti Tytär")}, [JOINED], now=now())
        for number, (name, (status, register_status)) in enumerate(MORE.items()):
            db.add(
                Organization(
                    status=status,
                    register_status=register_status,
                    identifier_scheme=IdentifierScheme.EU_VAT,
                    identifier=f"SE55600000{number}01",
                    name=name,
                    name_sort_key=finnish_sort_key(name),
                )
            )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        cast = await signed_in_cast(client)
        await cast.sign_in("daughter")
        yield cast


FOUND: dict[str, set[str]] = {
    "ääni": {"Äänekosken Ääni Oy"},
    "ÄÄNI": {"Äänekosken Ääni Oy"},
    "A\N{COMBINING DIAERESIS}A\N{COMBINING DIAERESIS}NEKOSKEN": {"Äänekosken Ääni Oy"},
    "aanekosken": {"Aanekosken Auto"},
    "nekosken": {"Äänekosken Ääni Oy", "Aanekosken Auto"},
    "demo": set(DEMO),
    "  demo  ": set(DEMO),
    "emo o": set(DEMO),
    "toinen-demo": {"Toinen Demo Oy"},
    "cafe ete": {"Café Été"},
    "villa_rosa": {"Villa_Rosa", "Villa Rosa"},
    "villa%rosa": {"Villa_Rosa", "Villa Rosa"},
    "v_lla": set(),
    "d%o": set(),
    "%": set(),
    "_": set(),
    "\\": set(),
    "'": set(),
    "kauppa \\": {r"Kauppa \ Kumpp."},
    "100 %": {"100 % Villaa Ky"},
    "ei tällaista": set(),
    "9200001-5": {"Demo Oy"},
    "92000015": {"Demo Oy"},
    "FI92000015": {"Demo Oy"},
    "fi 9200001-5": {"Demo Oy"},
    "9200001–5": {"Demo Oy"},
    " 9200001 - 5 ": {"Demo Oy"},
    "003792000015": {"Demo Oy"},
    "9200001-6": set(),
    "SE5560000000": set(),
    "SE55600000001": {"Äänekosken Ääni Oy"},
    "se55600000001": {"Äänekosken Ääni Oy"},
}


@pytest.mark.parametrize("search", FOUND)
async def test_a_search_finds_names_and_identifiers(cast: Cast, search: str) -> None:
    page = await listed(cast, search=search, first=100)
    assert set(names(page)) == FOUND[search]
    assert page["totalCount"] == len(FOUND[search])


@pytest.mark.parametrize("search", ["", " ", "\t", None])
async def test_empty_search_lists_everything(cast: Cast, search: str | None) -> None:
    assert (await listed(cast, search=search))["totalCount"] == len(MORE) + len(DEMO) + 1


@pytest.mark.parametrize("search", ["x" * 201, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 40_000])
async def test_a_search_of_any_length_is_refused(cast: Cast, search: str) -> None:
    answer = await cast.ask("support", ORGANIZATIONS, {"search": search})
    (error,) = answer["errors"]
    assert error["message"] == "shorten `search` to at most 200 characters"
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("status", OrganizationStatus)
async def test_a_filter_by_status(cast: Cast, status: OrganizationStatus) -> None:
    expected = {name for name, (its_status, _) in MORE.items() if its_status is status}
    expected |= {*DEMO, JOINED.name} if status is OrganizationStatus.ACTIVE else set()
    assert set(names(await listed(cast, filter={"status": status.value}))) == expected


@pytest.mark.parametrize("register_status", RegisterStatus)
async def test_a_filter_by_what_the_register_says(cast: Cast, register_status: RegisterStatus) -> None:
    expected = {name for name, (_, its_status) in MORE.items() if its_status is register_status}
    expected |= {*DEMO, JOINED.name} if register_status is RegisterStatus.REGISTERED else set()
    page = await listed(cast, filter={"registerStatus": register_status.value})
    assert (set(names(page)), page["totalCount"]) == (expected, len(expected))


async def test_search_and_filters_hold_together(cast: Cast) -> None:
    both = {"status": "CLOSED", "registerStatus": "CEASED"}
    assert names(await listed(cast, search="villa", filter=both)) == ["100 % Villaa Ky", "VillaXRosa"]
    page = await listed(cast, search="villa", filter=both, first=1)
    assert (names(page), page["totalCount"], page["pageInfo"]["hasNextPage"]) == (["100 % Villaa Ky"], 2, True)
    rest = await listed(cast, search="villa", filter=both, first=1, after=page["pageInfo"]["endCursor"])
    assert names(rest) == ["VillaXRosa"]


OWN = {
    "member": ["Demo Oy"],
    "manager": ["Demo Oy"],
    "administrator": ["Demo Oy"],
    "other-administrator": ["Toinen Demo Oy"],
    "daughter": ["Äidin Oy"],
    "consumer": [],
}


@pytest.mark.parametrize("who", OWN)
async def test_person_lists_their_own_organizations_only(cast: Cast, who: str) -> None:
    page = await listed(cast, who)
    assert (names(page), page["totalCount"]) == (OWN[who], len(OWN[who]))
    searches = ["demo", "villa", "9200002-3", "9200001-5", "äidin"]
    for search in searches:
        found = await listed(cast, who, search=search)
        assert set(names(found)) <= set(OWN[who])
        assert found["totalCount"] == len(found["nodes"])


@pytest.mark.parametrize("who", ["support", "operator", "auditor"])
async def test_staff_list_all(cast: Cast, who: str) -> None:
    assert set(names(await listed(cast, who, first=100))) == {*MORE, *DEMO, JOINED.name}


ORGANIZATION = "query($id: ID, $businessId: String) { organization(id: $id, businessId: $businessId) { id name } }"


async def organization(cast: Cast, who: str, **arguments: Any) -> dict[str, Any]:
    return await cast.ask(who, ORGANIZATION, arguments)


@pytest.mark.parametrize("written", ["9200001-5", "92000015", "FI92000015", " fi-9200001-5", "0037 9200001 5"])
async def test_organization_is_found_by_its_business_id_in_any_spelling(cast: Cast, written: str) -> None:
    answer = await organization(cast, "member", businessId=written)
    assert answer["data"]["organization"]["name"] == "Demo Oy"
    again = await organization(cast, "member", id=answer["data"]["organization"]["id"], businessId=None)
    assert again == answer


@pytest.mark.parametrize("written", ["", "9200001-6", "0000000-0", "1375045-1", "Demo Oy", "x" * 10_000, "' OR 1=1"])
async def test_malformed_business_id_finds_null(cast: Cast, written: str) -> None:
    assert await organization(cast, "support", businessId=written) == {"data": {"organization": None}}


async def test_organization_of_strangers_looks_missing(cast: Cast) -> None:
    unknown = await organization(cast, "member", businessId="1234567-1")
    assert await organization(cast, "member", businessId="9200002-3") == unknown == {"data": {"organization": None}}


@pytest.mark.parametrize("arguments", [{}, {"id": None, "businessId": None}, {"id": "x", "businessId": "9200001-5"}])
async def test_either_the_id_or_the_business_id_is_given(cast: Cast, arguments: dict[str, Any]) -> None:
    answer = await organization(cast, "member", **arguments)
    assert answer["data"] == {"organization": None}
    (error,) = answer["errors"]
    assert error["message"] == "give either `id` or `businessId`"
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


def test_every_permission_that_is_shown_is_asked_for_by_a_rule() -> None:
    """`MEMBERS_UPDATE` was listed while no mutation used it, so interfaces offered an impossible action."""
    asked = {permission for sentence in _rules() for permission in re.findall(r"role has `(\w+)`", sentence)}
    assert _shown() == asked


def _shown() -> set[str]:
    """Return the permissions that the SDL has."""
    shown = SCHEMA.type_map["OrganizationPermission"]
    assert isinstance(shown, GraphQLEnumType)
    return set(shown.values)


def _rules() -> Iterator[str]:
    """Yield the description of every type and field, which contains the rule in words."""
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            yield type_.description or ""
            yield from (field.description or "" for field in type_.fields.values())


async def test_every_member_sees_who_administers(cast: Cast) -> None:
    query = """{ organization(businessId: "9200001-5") { viewerRole viewerPermissions
      administrators { totalCount nodes { displayName } } } }"""
    for who, role in {"member": "MEMBER", "manager": "USER_MANAGER", "administrator": "ADMINISTRATOR"}.items():
        seen = (await cast.ask(who, query))["data"]["organization"]
        assert seen["viewerRole"] == role
        assert set(seen["viewerPermissions"]) == ROLE_PERMISSIONS[Role(role)] & _shown()
        assert seen["administrators"] == {"totalCount": 1, "nodes": [{"displayName": "Aino Pääkäyttäjä"}]}
    staff = (await cast.ask("auditor", query))["data"]["organization"]
    assert (staff["viewerRole"], staff["viewerPermissions"]) == (None, [])
