"""Every two actions at the same instant, on one account or on two administrators of the same organizations."""

import asyncio
import random
from itertools import combinations_with_replacement, product
from typing import TypeAlias

import httpx
import pytest
from sqlalchemy import text

from server.db.database import Database
from tests.races.actions import ACTIONS, FAULTS, Room
from tests.races.stage import Person, State, set_stage

HEAD_START = 0.06  # seconds; an action that computes a hash meets the other one only if that starts this much later

# An organization is active and safe exactly while it has an effective administrator.
_UNTRUE = """
SELECT o.id, o.status, o.administrators_at_risk_since, count(a.id) AS effective FROM organizations AS o
LEFT JOIN (
    memberships AS m
    JOIN accounts AS a ON a.id = m.account_id AND a.status = 'ACTIVE' AND a.email_undeliverable_at IS NULL
    JOIN email_confirmations AS c ON c.account_id = a.id AND c.email_key = a.email_key
) ON m.organization_id = o.id AND m.status = 'ACTIVE' AND m.role = 'ADMINISTRATOR'
GROUP BY o.id
HAVING (count(a.id) > 0) <> (o.status = 'ACTIVE' AND o.administrators_at_risk_since IS NULL)
"""

Side: TypeAlias = tuple[str, State]

SIDES: list[Side] = [(name, state) for name, action in ACTIONS.items() for state in action.states]
SAME = [pair for pair in combinations_with_replacement(sorted(SIDES), 2) if pair[0][1] is pair[1][1]]
OTHERS = list(combinations_with_replacement(sorted(SIDES), 2))
# Actions that lock more than their own account, so that two of them might deadlock.
FAR_REACHING = {
    "accountClose", "accountCloseUndo", "emailChangeConfirm", "emailChangeRevert", "emailConfirm", "organizationUpdate",
    "a hard bounce", "erasure",
}  # fmt: skip


async def race(room: Room, one: tuple[str, Person], other: tuple[str, Person], chance: random.Random) -> None:
    """Run both at once; fail on an error of ours, or on an organization whose state does not fit its administrators."""
    hashes = [ACTIONS[name].hashes for name, _ in (one, other)]

    async def run(name: str, person: Person, *, waits: bool) -> set[str]:
        await asyncio.sleep(chance.uniform(0, HEAD_START if waits else 0.003))
        return await ACTIONS[name].run(room, person)

    told = await asyncio.gather(
        run(*one, waits=hashes[1] and not hashes[0]), run(*other, waits=hashes[0] and not hashes[1])
    )
    pair = [(name, person.state) for name, person in (one, other)]
    assert not set.union(*told) & FAULTS, pair
    async with room.database.sessions() as db:
        assert (await db.execute(text(_UNTRUE))).all() == [], pair


async def race_on_one_account(room: Room, pair: tuple[Side, Side], chance: random.Random) -> None:
    (first, state), (second, _) = pair
    person, _ = await set_stage(room.database, state, State.ACTIVE if chance.random() < 0.5 else State.CLOSED)
    await race(room, (first, person), (second, person), chance)


async def race_on_two_accounts(room: Room, pair: tuple[Side, Side], chance: random.Random) -> None:
    (first, of_one), (second, of_other) = pair
    one, other = await set_stage(room.database, of_one, of_other)
    await race(room, (first, one), (second, other), chance)


@pytest.fixture
def room(client: httpx.AsyncClient, database: Database) -> Room:
    return Room(client, database)


REFUSED = {
    ("sessionRefresh with a used token", State.ACTIVE): {"SESSION_ENDED"},
    ("accountCloseUndo", State.DUE): {"TOKEN_INVALID"},
}


@pytest.mark.parametrize("side", SIDES)
async def test_each_action_alone_succeeds(room: Room, side: Side) -> None:
    name, state = side
    person, _ = await set_stage(room.database, state, State.ACTIVE)
    assert await ACTIONS[name].run(room, person) == REFUSED.get(side, set())


async def test_some_pairs_on_one_account_end_without_a_fault(room: Room) -> None:
    chance = random.Random()
    for pair in chance.sample(SAME, 40):
        await race_on_one_account(room, pair, chance)


async def test_some_pairs_on_two_accounts_end_without_a_fault(room: Room) -> None:
    chance = random.Random()
    for pair in chance.sample(OTHERS, 40):
        await race_on_two_accounts(room, pair, chance)


@pytest.mark.parametrize(
    "rounds", [1, pytest.param(10, marks=pytest.mark.long), pytest.param(200, marks=pytest.mark.race)]
)
@pytest.mark.parametrize("first", sorted(FAR_REACHING))
async def test_actions_on_organizations_end_without_a_fault(room: Room, first: str, rounds: int) -> None:
    chance = random.Random(first)
    reaching = [side for side in SIDES if side[0] in FAR_REACHING]
    for pair in product([side for side in reaching if side[0] == first], reaching):
        for _ in range(rounds):
            await race_on_two_accounts(room, pair, chance)
            if pair[0][1] is pair[1][1]:
                await race_on_one_account(room, pair, chance)


@pytest.mark.parametrize("rounds", [pytest.param(1, marks=pytest.mark.long), pytest.param(20, marks=pytest.mark.race)])
@pytest.mark.parametrize("first", sorted(ACTIONS))
async def test_every_pair_ends_without_a_fault(room: Room, first: str, rounds: int) -> None:
    chance = random.Random(first)
    for _ in range(rounds):
        for pair in (pair for pair in SAME if pair[0][0] == first):
            await race_on_one_account(room, pair, chance)
        for pair in (pair for pair in OTHERS if pair[0][0] == first):
            await race_on_two_accounts(room, pair, chance)
