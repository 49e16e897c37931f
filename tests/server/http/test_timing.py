"""Response times do not reveal accounts (B15): measured on a served application and compared by ranks.

Both sides are requested alternately in random order, so that other load affects both alike. Of equal times, one
comparison in a hundred fails by chance, and other load may cause one more. Noise only adds differences, so one run of
three without any is enough. A leak appears in every run.
"""

import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from itertools import combinations

import httpx
import pytest

from models.account import AccountStatus
from server.db.database import Database
from tests.schema.asking import add_person
from tests.schema.mutations.account.own_account import PASSWORD
from tests.server.mann_whitney import p_value

ROUNDS = 300
RUNS = 3
SIGN_IN = """mutation($email: String!) { signIn(input: {email: $email, password: "a wrong password of somebody",
  transport: TOKEN}) { accessToken userErrors { code } } }"""
RESET = "mutation($email: String!) { passwordResetRequest(input: {email: $email}) { userErrors { code } } }"
SIGN_UP = """mutation($email: String!, $password: String!) {
  signUp(input: {email: $email, password: $password, displayName: "Liisa Lisätty"}) { userErrors { code } } }"""

SLOWER = {"one": 0.0, "another": 0.0, "slower": 0.001}  # seconds

Attempt = Callable[[], Awaitable[object]]


@pytest.fixture
async def served(url: str, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(database, "existing@demo.example", PASSWORD)
    await add_person(database, "imported@demo.example", None, AccountStatus.PENDING)
    await add_person(database, "suspended@demo.example", PASSWORD, AccountStatus.SUSPENDED)
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        yield client


async def asked(client: httpx.AsyncClient, query: str, **variables: str) -> None:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    assert "errors" not in answer.json(), answer.text


@pytest.mark.long
async def test_b15_failed_sign_in_takes_the_same_time_with_and_without_account(served: httpx.AsyncClient) -> None:
    def sign_in(who: str) -> Attempt:
        return lambda: asked(served, SIGN_IN, email=f"{who}@demo.example")

    await require_alike({who: sign_in(who) for who in ("existing", "unknown", "imported", "suspended")})


@pytest.mark.long
async def test_b15_reset_takes_the_same_time_with_and_without_account(served: httpx.AsyncClient) -> None:
    def ask(who: str) -> Attempt:
        return lambda: asked(served, RESET, email=f"{who}@demo.example")

    await require_alike({who: ask(who) for who in ("existing", "unknown", "imported")})


@pytest.mark.long
async def test_b15_sign_up_takes_the_same_time_with_and_without_account(served: httpx.AsyncClient) -> None:
    async def known() -> None:
        await asked(served, SIGN_UP, email="existing@demo.example", password=PASSWORD)

    async def unknown() -> None:
        await asked(served, SIGN_UP, email=f"new{random.getrandbits(50)}@demo.example", password=PASSWORD)

    await require_alike({"known": known, "unknown": unknown})


def test_mann_whitney_equals_published_values() -> None:
    # The example of scipy.stats.mannwhitneyu, by its asymptotic method.
    assert p_value([19, 22, 16, 29, 24], [20, 11, 17, 12]) == pytest.approx(0.11134688653314041)
    assert p_value([1, 1, 2], [1, 2, 1]) == 1.0


def test_difference_of_a_millisecond_is_found_in_noise() -> None:
    noise = random.Random(15)
    times = {who: [noise.gauss(0.025 + more, 0.003) for _ in range(ROUNDS)] for who, more in SLOWER.items()}
    assert [found.partition(":")[0] for found in differences(times)] == ["one and slower", "another and slower"]


async def require_alike(attempts: Mapping[str, Attempt]) -> None:
    """Fail unless one of a few runs finds no difference between any two of the attempts."""
    found: list[list[str]] = []
    while not found or found[-1]:
        assert len(found) < RUNS, found
        found.append(differences(await times_of(attempts)))


def differences(times: Mapping[str, Sequence[float]]) -> list[str]:
    """Return the pairs that differ in their times (s), by ranks or by medians."""
    found = []
    for (one, ones), (other, others) in combinations(times.items(), 2):
        p, apart = p_value(ones, others), statistics.median(ones) - statistics.median(others)
        if p <= 0.01 or abs(apart) >= 0.002:
            found.append(f"{one} and {other}: p {p:.5f}, medians {apart * 1000:+.2f} ms apart")
    return found


async def times_of(attempts: Mapping[str, Attempt]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in attempts}
    for _ in range(ROUNDS):
        for name in random.sample(list(attempts), len(attempts)):
            began = time.perf_counter()
            await attempts[name]()
            taken[name].append(time.perf_counter() - began)
    return taken
