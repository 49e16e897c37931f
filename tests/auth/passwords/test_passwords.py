"""Password work: matching, equal work for every outcome, outside the event loop and bounded."""

import asyncio
import time
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from auth.passwords.hashing import HASHER, LONGEST, QUEUE, PasswordWork, PasswordWorkBusyError, normalized

PASSWORD = "kolme pientä porsasta"
EXPENSIVE = f"$argon2id$v=19$m=4194304,t=99,p=1$AAAAAAAAAAA${'A' * 22}"  # minutes of a processor, and 4 GiB


@pytest.fixture
async def work() -> AsyncIterator[PasswordWork]:
    passwords = PasswordWork()
    yield passwords
    passwords.close()


async def test_only_the_exact_password_matches(work: PasswordWork) -> None:
    hashed = await work.hash(PASSWORD)
    assert await work.matches(hashed, PASSWORD)
    for other in ("", PASSWORD[:-1], PASSWORD + " ", PASSWORD.upper(), " " + PASSWORD, hashed, PASSWORD + "\0"):
        assert not await work.matches(hashed, other), other


async def test_two_hashes_of_one_password_differ_and_have_our_parameters(work: PasswordWork) -> None:
    first, second = await work.hash(PASSWORD), await work.hash(PASSWORD)
    assert first != second
    parameters = extract_parameters(first)
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 19 * 1024, 2)


@pytest.mark.parametrize("password", ["nobody has this password", "", PASSWORD, "\ud800", "x" * 5000])
async def test_account_without_a_password_matches_no_password(work: PasswordWork, password: str) -> None:
    assert not await work.matches(None, password)


@pytest.mark.parametrize(
    "stored", ["", "plain", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=1,t=1,p=1$AA$AA", EXPENSIVE]
)
async def test_stored_text_other_than_a_hash_matches_no_password(work: PasswordWork, stored: str) -> None:
    assert not await work.matches(stored, stored or PASSWORD)


LONG = "ä" * LONGEST


def test_password_matches_in_every_unicode_form() -> None:
    assert normalized(unicodedata.normalize("NFD", PASSWORD)) == normalized(PASSWORD) == PASSWORD
    assert normalized("ﬁ") == "ﬁ", "compatibility forms are characters of their own"


def test_password_length_is_counted_in_nfc() -> None:
    assert normalized(LONG) == normalized(unicodedata.normalize("NFD", LONG)) == LONG
    for too_long in (LONG + "a", unicodedata.normalize("NFD", LONG) + "a", "a" + "\N{COMBINING ACUTE ACCENT}" * 1025):
        assert normalized(too_long) is None


@pytest.mark.parametrize("password", ["", "a\0b", "\ud800", "\udfff" * 3])
def test_impossible_password_is_not_normalized(password: str) -> None:
    assert normalized(password) is None


async def test_impossible_password_is_not_hashed(work: PasswordWork) -> None:
    with pytest.raises(ValueError, match=r"1 to 1,024"):
        await work.hash("a\0b")


async def test_every_failure_costs_as_much_as_a_check(work: PasswordWork) -> None:
    hashed = await work.hash(PASSWORD)
    check = await _seconds_of_work(lambda: work.matches(hashed, PASSWORD))
    failures: list[tuple[str | None, str]] = [
        (hashed, "wrong"),
        (hashed, ""),
        (hashed, "x" * 5000),
        (hashed, "\ud800"),
        (None, PASSWORD),
        (None, ""),
    ]
    for stored, password in failures:
        cost = await _seconds_of_work(lambda stored=stored, password=password: work.matches(stored, password))  # type: ignore[misc] # mypy does not see defaults of a lambda
        assert 0.4 < cost / check < 2.5, (stored, password[:10])


async def _seconds_of_work(check: Callable[[], Awaitable[bool]]) -> float:
    """Return the processor time of four checks, which other programs on the machine do not change."""
    began = time.process_time()
    for _ in range(4):
        await check()
    return time.process_time() - began


async def test_event_loop_runs_during_a_check(work: PasswordWork) -> None:
    checking = asyncio.create_task(work.matches(None, PASSWORD))
    turns = 0
    while not checking.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 20


async def test_checks_beyond_the_queue_are_refused_at_once(work: PasswordWork) -> None:
    results = await asyncio.gather(*(work.matches(None, "x") for _ in range(QUEUE + 6)), return_exceptions=True)
    refused = [isinstance(result, PasswordWorkBusyError) for result in results]
    assert refused == [False] * QUEUE + [True] * 6
    assert work.runs == QUEUE
    assert await work.matches(HASHER.hash(PASSWORD), PASSWORD), "the queue is free again"


async def test_cancelled_check_leaves_the_queue(work: PasswordWork) -> None:
    for _ in range(3):
        waiting = [asyncio.create_task(work.matches(None, "x")) for _ in range(QUEUE)]
        await asyncio.sleep(0)
        with pytest.raises(PasswordWorkBusyError):
            await work.matches(None, "x")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert not await work.matches(None, "x")
