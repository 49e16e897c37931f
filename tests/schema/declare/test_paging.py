"""Paging: every row once, in order, from either end, even if rows change between two pages."""

import random

import pytest

from models.db.clock import now
from models.membership import Role
from server.db.database import Database
from tests.cast import Cast
from tests.schema.types.listed import add_organizations, listed, names, walk
from usecases.demo import DemoOrganization, DemoPerson, load_cast

DEMO = ["Demo Oy", "Toinen Demo Oy"]  # the organizations of the cast
FORWARD_AND_BACKWARD = pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])


def numbered(count: int) -> list[str]:
    """Return names in alphabetical order, all before the cast's own."""
    return [f"Aava {number:03}" for number in range(count)]


@FORWARD_AND_BACKWARD
@pytest.mark.parametrize("count", [0, 1, 18, 19, 98, 99])
@pytest.mark.parametrize("size", [20, 100])
async def test_a_walk_gives_every_row_once_in_order(
    cast: Cast, database: Database, count: int, size: int, backward: bool
) -> None:
    await add_organizations(database, random.Random(count).sample(numbered(count), count))
    seen = await walk(cast, size, backward=backward)
    assert seen.names == numbered(count) + DEMO
    total = count + 2
    assert seen.sizes == [size] * (total // size) + ([total % size] if total % size else [])
    assert (await listed(cast, first=1))["totalCount"] == total


@FORWARD_AND_BACKWARD
@pytest.mark.parametrize("size", [1, 3])
async def test_a_walk_in_small_steps_gives_the_same(cast: Cast, database: Database, size: int, backward: bool) -> None:
    await add_organizations(database, numbered(10))
    assert (await walk(cast, size, backward=backward)).names == numbered(10) + DEMO


async def test_a_page_has_twenty_unless_told_otherwise(cast: Cast, database: Database) -> None:
    await add_organizations(database, numbered(30))
    page = await listed(cast)
    assert names(page) == numbered(30)[:20]
    assert page["pageInfo"]["hasNextPage"]
    assert not page["pageInfo"]["hasPreviousPage"]


@FORWARD_AND_BACKWARD
async def test_a_descending_list_is_the_ascending_one_turned_round(
    cast: Cast, database: Database, backward: bool
) -> None:
    await add_organizations(database, numbered(25))
    order = {"field": "NAME", "direction": "DESC"}
    seen = await walk(cast, 4, backward=backward, orderBy=order)
    assert seen.names == (numbered(25) + DEMO)[::-1]


@FORWARD_AND_BACKWARD
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_order_of_creation_is_kept(cast: Cast, database: Database, direction: str, backward: bool) -> None:
    made = random.Random(1).sample(numbered(25), 25)
    await add_organizations(database, made)
    order = {"field": "CREATED_AT", "direction": direction}
    seen = await walk(cast, 4, backward=backward, orderBy=order)
    expected = DEMO + made
    assert seen.names == (expected if direction == "ASC" else expected[::-1])


@FORWARD_AND_BACKWARD
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_rows_of_one_name_are_told_apart(cast: Cast, database: Database, direction: str, backward: bool) -> None:
    await add_organizations(database, ["Aava", "AAVA", "aava!"] * 10)
    order = {"field": "NAME", "direction": direction}
    seen = await walk(cast, 7, backward=backward, orderBy=order)
    assert sorted(seen.names) == sorted(["Aava", "AAVA", "aava!"] * 10 + DEMO)
    again = await walk(cast, 100, orderBy=order)
    assert seen.names == again.names, "the order does not depend on the steps"


ALPHABET = [
    "1 Kauppa",
    "Aalto",
    "Åberg",
    "Ahti",
    "Éclair",
    "Öberg",
    "Ole",
    "Ärrä",
    "Õun",
    "Wiik",
    "Viik",
    "Ürgel",
    "Zeta",
]
FINNISH = [
    "1 Kauppa",
    "Aalto",
    "Ahti",
    "Éclair",
    "Ole",
    "Viik",
    "Wiik",
    "Ürgel",
    "Zeta",
    "Åberg",
    "Ärrä",
    "Öberg",
    "Õun",
]


@pytest.mark.parametrize("size", [1, 4, 100])
async def test_the_order_is_finnish_alphabetical(cast: Cast, database: Database, size: int) -> None:
    await add_organizations(database, ALPHABET)
    seen = await walk(cast, size)
    assert [name for name in seen.names if name not in DEMO] == FINNISH


@FORWARD_AND_BACKWARD
async def test_rows_added_or_removed_between_pages_disturb_no_other_row(
    cast: Cast, database: Database, backward: bool
) -> None:
    await add_organizations(database, numbered(30))
    how_many, end, edge = ("last", "before", "startCursor") if backward else ("first", "after", "endCursor")
    former = await listed(cast, **{how_many: 10})
    await add_organizations(database, ["Aava 000 b", "Aava 029 b", "Aaltonen", "Öljy"])
    latter = await listed(cast, **{how_many: 100, end: former["pageInfo"][edge]})
    seen = names(latter) + names(former) if backward else names(former) + names(latter)
    assert len(seen) == len(set(seen))
    assert set(seen) >= {*numbered(30), *DEMO}
    ahead = {"Aaltonen", "Aava 000 b"} if backward else {"Öljy", "Aava 029 b"}
    assert ahead <= set(seen)


async def test_a_part_between_two_cursors(cast: Cast, database: Database) -> None:
    await add_organizations(database, numbered(10))
    cursors = [edge["cursor"] for edge in (await listed(cast))["edges"]]
    ends = {"after": cursors[2], "before": cursors[6]}
    whole = await listed(cast, **ends)
    assert names(whole) == numbered(10)[3:6]
    assert (whole["pageInfo"]["hasNextPage"], whole["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert names(await listed(cast, first=2, **ends)) == numbered(10)[3:5]
    backward = await listed(cast, last=2, **ends)
    assert names(backward) == numbered(10)[4:6]
    assert (backward["pageInfo"]["hasNextPage"], backward["pageInfo"]["hasPreviousPage"]) == (True, True)
    assert names(await listed(cast, after=cursors[6], before=cursors[2])) == []


async def test_past_either_end_is_an_empty_page(cast: Cast, database: Database) -> None:
    first, last = [edge["cursor"] for edge in (await listed(cast))["edges"]]
    for window in ({"after": last}, {"before": first}, {"last": 5, "before": first}, {"first": 5, "after": last}):
        page = await listed(cast, **window)
        assert (page["nodes"], page["totalCount"]) == ([], 2)
        assert page["pageInfo"]["startCursor"] is None


@pytest.mark.parametrize("how_many", ["first", "last"])
async def test_page_of_size_zero_is_empty(cast: Cast, how_many: str) -> None:
    page = await listed(cast, **{how_many: 0})
    assert (page["nodes"], page["totalCount"]) == ([], 2)
    assert page["pageInfo"]["hasNextPage"] == (how_many == "first")


async def test_a_list_in_each_row_of_a_list_is_paged_for_itself(cast: Cast, database: Database) -> None:
    sizes = {"9300001-1": 1, "9300002-2": 2, "9300003-3": 3, "9300004-4": 7}
    people = {f"extra-{number}": DemoPerson(f"Lisä {number}") for number in range(7)}
    wanted = [
        DemoOrganization(f"Aava {business_id}", business_id, dict.fromkeys(list(people)[:size], Role.ADMINISTRATOR))
        for business_id, size in sizes.items()
    ]
    async with database.sessions.begin() as db:
        await load_cast(db, people, wanted, now=now())
    nested = """query($first: Int, $last: Int, $after: String) { organizations(search: "aava") { nodes { name
      memberships(first: $first, last: $last, after: $after) { totalCount
        pageInfo { hasNextPage endCursor } nodes { person { displayName } } } } } }"""
    for window in ({"first": 2}, {"last": 2}):
        found = (await cast.ask("support", nested, window))["data"]["organizations"]["nodes"]
        for organization, size in zip(found, sizes.values(), strict=True):
            page, everyone = organization["memberships"], [f"Lisä {number}" for number in range(size)]
            expected = everyone[:2] if "first" in window else everyone[-2:]
            assert [node["person"]["displayName"] for node in page["nodes"]] == expected
            assert page["totalCount"] == size
            assert page["pageInfo"]["hasNextPage"] == ("first" in window and size > 2)
    cursor = found[-1]["memberships"]["pageInfo"]["endCursor"]
    found = (await cast.ask("support", nested, {"after": cursor}))["data"]["organizations"]["nodes"]
    assert found[-1]["memberships"]["nodes"] == [], "no member follows the last one"
