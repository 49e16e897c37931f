"""Every mutation, done or refused, leaves exactly one audit entry; a mutation without a case fails here."""

from typing import Any

import pytest
from sqlalchemy import func, select
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from models.audit import AuditEntry
from schema.build import SCHEMA
from schema.mutation import declarations
from server.db.database import Database
from tests.cast import Cast
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.mutation_cases import AUDITED, CASES, NEW_PASSWORD, WELL_FORMED, Asker, ask, asking, prepare
from usecases.audit.audit_chain import verify_chain
from usecases.demo import PASSWORD

CALLS = [(case, case.done, "DONE") for case in AUDITED.values()] + [
    (case, case.refused, "REFUSED") for case in AUDITED.values() if case.refused is not None
]


@pytest.fixture
async def asker(cast: Cast, database: Database) -> Asker:
    return await asking(cast, database)


def test_every_mutation_has_a_case() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(SCHEMA.mutation_type.fields) == set(CASES)


def test_every_mutation_that_can_be_refused_shows_it() -> None:
    for name, declaration in declarations().items():
        case = CASES[to_camel_case(name)]
        assert (declaration.action is None) == bool(case.changes_nothing), name
        if case.done is not None and not case.changes_nothing:
            assert (case.refused is not None) == bool(declaration.codes), name


async def newest(database: Database) -> AuditEntry:
    """Return the newest entry."""
    async with database.sessions() as db:
        return (await db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))).one()


async def how_many(database: Database) -> int:
    """Return how many entries there are."""
    async with database.sessions() as db:
        return int(await db.scalar(select(func.count()).select_from(AuditEntry)) or 0)


@pytest.mark.parametrize(
    ("case", "given", "result"), CALLS, ids=[f"{case.mutation} {result}" for case, _, result in CALLS]
)
async def test_b80_every_mutation_leaves_exactly_one_entry_with_who_and_whence(
    asker: Asker, database: Database, case: MutationCase, given: str | None, result: str
) -> None:
    if result == "DONE":
        await prepare(asker, database, case)
    before = await how_many(database)
    response = await ask(asker, case, given)
    answer: dict[str, Any] = response.json()
    assert "errors" not in answer, answer
    assert bool(answer["data"][case.mutation]["userErrors"]) == (result == "REFUSED"), answer
    assert await how_many(database) == before + 1
    entry = await newest(database)
    assert (entry.result, entry.action) == (result, declarations()[to_snake_case(case.mutation)].action)
    assert (entry.request_id, entry.address) == (response.headers["x-request-id"], "127.0.0.1")
    assert entry.user_agent == "Tester/1.0"
    assert (str(entry.session_id), entry.actor_id is not None) == (asker.people[case.who].session_id, True)
    assert not any(secret in str(entry.changes) for secret in (PASSWORD, NEW_PASSWORD, WELL_FORMED))
    async with database.sessions() as db:
        assert (await verify_chain(db, {}, lambda _: None)).broken is None
