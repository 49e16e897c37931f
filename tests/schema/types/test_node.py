"""`node` and `nodes`: every object is found by its global id, and by nothing else."""

import base64
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette

from resolvers.core import global_id
from schema.build import SCHEMA
from server.db.database import Database
from tests.cast import Cast, add_cast, signed_in_cast
from tests.conftest import empty
from tests.schema.declare.test_permissions import complete

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NOTHING = {"data": {"node": None}}


@dataclass
class World:
    """The cast, and one id of each type, of objects of the member of Demo Oy."""

    cast: Cast
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def world(app: Starlette, opened: Database, dsn: str) -> AsyncIterator[World]:
    """Return the world of these tests, made once because the tests only read."""
    await empty(dsn)
    await add_cast(opened)
    ids = await complete(opened)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        yield World(await signed_in_cast(client), {kind: ids[kind] for kind in global_id.KINDS})


def test_every_object_with_an_id_has_a_kind_of_its_own() -> None:
    implementing = {type_.name for type_ in SCHEMA.get_implementations(SCHEMA.type_map["Node"]).objects}  # type: ignore[arg-type] # `Node` is the interface
    assert implementing == set(global_id.KINDS)
    assert len(set(global_id.KINDS.values())) == len(global_id.KINDS)


@pytest.mark.parametrize("kind", global_id.KINDS)
async def test_each_type_is_found_again_by_its_own_id(world: World, kind: str) -> None:
    identity = world.ids[kind]
    who = "member" if kind == "Session" else "support"  # only owners see sessions
    answer = await world.cast.ask(who, NODE, {"id": identity})
    assert answer == {"data": {"node": {"__typename": kind, "id": identity}}}
    assert await world.cast.ask(who, NODES, {"ids": [identity]}) == {"data": {"nodes": [answer["data"]["node"]]}}


@pytest.mark.parametrize("kind", global_id.KINDS)
async def test_b53_an_id_relabelled_as_another_type_finds_nothing(world: World, kind: str) -> None:
    _, identity = decoded(world.ids[kind])
    for other in global_id.KINDS.keys() - {kind}:
        answer = await world.cast.ask("support", NODE, {"id": global_id.encode(other, identity)})
        assert answer == NOTHING, other


def decoded(text: str) -> tuple[str, UUID]:
    found = global_id.decode(text)
    assert found is not None
    return found


def spoilt(text: str) -> dict[str, str]:
    """Return malformed spellings near that id."""
    packed = base64.urlsafe_b64decode(text)
    standard = base64.b64encode(packed[:1] + b"\xfb\xef\xbe" * 5 + b"\xfb\x00").decode()
    return {
        "empty": "",
        "short": text[:-1],
        "long": text + "A",
        "padded": text + "=",
        "padding inside": text[:-1] + "=",
        "two paddings inside": text[:-2] + "==",
        "only padding": "=" * 24,
        "space before": " " + text,
        "line break after": text + "\n",
        "line break inside": text[:-1] + "\n",
        "other alphabet": standard,
        "full-width": "１" * 24,
        "kind 0": base64.urlsafe_b64encode(b"\0" + packed[1:]).decode(),
        "kind 255": base64.urlsafe_b64encode(b"\xff" + packed[1:]).decode(),
        "last byte": base64.urlsafe_b64encode(packed[:-1] + b"\1").decode(),
        "the bare UUID": str(UUID(bytes=packed[1:17])),
        "as others write them": base64.b64encode(b"Account:" + str(UUID(bytes=packed[1:17])).encode()).decode(),
        "a number": "17",
        "an injection": "' OR 1=1; --            ",
        "huge": "A" * 100_000,
        "unknown": global_id.encode("Account", uuid4()),
    }


SPOILT = list(spoilt("A" * 24))


@pytest.mark.parametrize("which", SPOILT)
async def test_b53_malformed_id_finds_null_and_is_no_error(world: World, which: str) -> None:
    text = spoilt(world.ids["Account"])[which]
    assert await world.cast.ask("support", NODE, {"id": text}) == NOTHING
    assert await world.cast.ask("support", NODES, {"ids": [text]}) == {"data": {"nodes": [None]}}
    organization = "query($id: ID!) { organization(id: $id) { id } }"
    assert await world.cast.ask("support", organization, {"id": text}) == {"data": {"organization": None}}


@pytest.mark.parametrize("number", [0, 17, -1, 2**31 - 1])
async def test_a_number_as_an_id_finds_nothing(world: World, number: int) -> None:
    assert await world.cast.ask("support", NODE, {"id": number}) == NOTHING
    assert await world.cast.ask("support", f"{{ node(id: {number}) {{ id }} }}") == NOTHING


@pytest.mark.parametrize("kind", sorted(set(global_id.KINDS) - {"Organization"}))
async def test_an_id_of_anything_else_is_no_organization(world: World, kind: str) -> None:
    query = "query($id: ID!) { organization(id: $id) { id } }"
    answer = await world.cast.ask("support", query, {"id": world.ids[kind]})
    assert answer == {"data": {"organization": None}}


@pytest.mark.parametrize("who", ["consumer", "other-administrator"])
async def test_object_of_another_organization_looks_missing(world: World, who: str) -> None:
    public = {"Service"}
    for kind, identity in world.ids.items():
        answer = await world.cast.ask(who, NODE, {"id": identity})
        if kind in public:
            assert answer["data"]["node"]["id"] == identity
        else:
            unknown = await world.cast.ask(who, NODE, {"id": global_id.encode(kind, uuid4())})
            assert answer == unknown == NOTHING


async def test_the_order_is_that_of_the_ids_and_repeats_are_kept(world: World) -> None:
    ids = [*world.ids.values(), "garbage", global_id.encode("Account", uuid4()), *world.ids.values()]
    random.Random(5).shuffle(ids)
    found = (await world.cast.ask("support", NODES, {"ids": ids}))["data"]["nodes"]
    known = set(world.ids.values()) - {world.ids["Session"]}  # only its owner sees it
    assert [node and node["id"] for node in found] == [text if text in known else None for text in ids]


async def test_visible_objects_are_listed_beside_hidden_ones(world: World) -> None:
    ids = [world.ids["Organization"], world.ids["LegacyCode"], world.ids["Service"], world.cast.ids["administrator"]]
    found = (await world.cast.ask("manager", NODES, {"ids": ids}))["data"]["nodes"]
    assert [node and node["__typename"] for node in found] == ["Organization", None, "Service", None]


@pytest.mark.parametrize(("count", "served"), [(0, True), (100, True), (101, False), (1000, False)])
async def test_a_hundred_may_be_asked_for_at_a_time(world: World, count: int, served: bool) -> None:
    answer: dict[str, Any] = await world.cast.ask("support", NODES, {"ids": [world.ids["Account"]] * count})
    if served:
        assert len(answer["data"]["nodes"]) == count
    else:
        assert answer["data"] == {"nodes": None}
        (error,) = answer["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert error["message"] == f"ask for at most 100 ids at a time; these are {count}"


@pytest.mark.parametrize("kind", global_id.KINDS)
def test_an_id_has_one_spelling(kind: str) -> None:
    for _ in range(300):
        identity = uuid4()
        text = global_id.encode(kind, identity)
        assert global_id.decode(text) == (kind, identity)
        for other in (text.replace("-", "+"), text.replace("_", "/"), text.lower(), text.upper()):
            assert other == text or global_id.decode(other) != (kind, identity)
