"""Database faults: compiled code answers like graphql-core, with the same errors, paths and nulls."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.cast import EVERYBODY
from tests.schema.engine.compiler.comparing import REFUSALS, Comparison, Request, World, by_reference, compare
from tests.schema.engine.compiler.documents import requests
from tests.schema.engine.compiler.faulty import Fault, Statements, Wrong, away, broken, faulty
from tests.schema.engine.compiler.test_generated import COMMON
from usecases.resources import Resources

# graphql-core never awaits the started siblings of a field whose null propagated to their parent.
pytestmark = pytest.mark.filterwarnings(
    "ignore:coroutine '(?!run).*was never awaited:RuntimeWarning",
    "ignore:Exception ignored in. <coroutine object (?!run):pytest.PytestUnraisableExceptionWarning",
)
COLUMNS = 12
WRONG_VALUES: list[Any] = [None, [], object()]
FAULTS: dict[str, Fault | Wrong] = {
    "away": away,
    "broken": broken,
    **{f"column {n}": Wrong(n, WRONG_VALUES[n % 3], every=1 + n % 2) for n in range(COLUMNS)},
}
RARER = {f"column {n}" for n in range(5, COLUMNS)}
QUERIES = {
    "members": """{ me { email memberships { totalCount nodes { role organization { name memberships { totalCount
        edges { cursor node { version status person { displayName email } account { email displayName }
        serviceAccess { role createdAt service { code name } customerNumbers { number kind } } } } } } } } } }""",
    "organizations": """{ services { code audience } organizations(first: 3) { totalCount pageInfo { endCursor }
        nodes { name status createdAt viewerPermissions administrators { totalCount nodes { displayName phone } }
        services { name } customerNumbers { nodes { number } } legacyCodes { nodes { code service { code } } } } } }""",
    "nodes": """{ service(code: "EXTRANET") { id }
        nodes(ids: ["@Account@", "@Organization@", "@Membership@", "@Service@", "@LegacyCode@"]) { id
        ... on Account { mood: status organizations { nodes { name } } legacyCodes { totalCount } }
        ... on Organization { name memberships { nodes { role } } } ... on LegacyCode { code status }
        ... on Membership { role account { id } organization { services { code } } } ... on Service { name } } }""",
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Suppress thousands of printed tracebacks."""
    with capture_logs():
        yield


@dataclass
class Faulty:
    """Resources on a database with faults."""

    resources: Resources
    statements: Statements


@pytest.fixture(scope="module")
async def database_with_faults(world: World, dsn: str) -> AsyncIterator[Faulty]:
    resources, statements = faulty(world.resources, dsn)
    yield Faulty(resources, statements)
    await resources.pool.close()


async def compared(
    world: World, damaged: Faulty, who: str, request: Request, fault: tuple[int, Fault | Wrong]
) -> Comparison:
    """Answer by both executors; the statement of that number (in the order of a healthy run) has the fault."""
    statements = damaged.statements
    statements.faults.clear()
    statements.columns.clear()
    await by_reference(damaged.resources, world.viewers[who], request)
    statements.damage(*fault)
    return await compare(damaged.resources, world.viewers[who], request)


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("who", ["administrator", pytest.param("support", marks=pytest.mark.long), "member"])
@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=pytest.mark.long if name in RARER else ()) for name in FAULTS]
)
async def test_a_fault_of_any_statement(
    world: World, database_with_faults: Faulty, fault: str, who: str, name: str
) -> None:
    request = Request(QUERIES[name]).named(world.names)
    number, statements, codes = 0, 1, set()
    while number < statements:
        answer = await compared(world, database_with_faults, who, request, (number, FAULTS[fault]))
        assert answer.compiled.settled == answer.reference.settled
        assert not answer.by_compiled_code or answer.reference.codes <= REFUSALS
        codes |= answer.reference.codes
        number, statements = number + 1, len(database_with_faults.statements.columns)
    if not fault.startswith("column"):
        assert codes - REFUSALS == {"UNAVAILABLE" if fault == "away" else "INTERNAL"}


DAMAGE = st.tuples(requests(), st.integers(0, 7), st.sampled_from(sorted(FAULTS)))


@pytest.mark.parametrize("who", EVERYBODY)
@settings(COMMON, max_examples=10)
@given(damage=DAMAGE)
async def test_a_fault_below_any_document(
    world: World, database_with_faults: Faulty, who: str, damage: tuple[Request, int, str]
) -> None:
    await check(world, database_with_faults, who, damage)


@pytest.mark.long
@pytest.mark.parametrize("who", EVERYBODY)
@settings(COMMON, max_examples=300)
@given(damage=DAMAGE)
async def test_a_fault_below_very_many_documents(
    world: World, database_with_faults: Faulty, who: str, damage: tuple[Request, int, str]
) -> None:
    await check(world, database_with_faults, who, damage)


async def check(world: World, damaged: Faulty, who: str, damage: tuple[Request, int, str]) -> None:
    """Fail if both answer a request differently while that statement has that fault."""
    request, number, fault = damage
    answer = await compared(world, damaged, who, request.named(world.names), (number, FAULTS[fault]))
    assert answer.compiled.settled == answer.reference.settled
