"""A time limit ends what lasts too long and nothing else, and takes nobody else's cancellation for its own."""

import asyncio

import pytest

from server.http.lifetime import Lifetime


async def test_what_lasts_too_long_ends_in_a_timeout() -> None:
    with pytest.raises(TimeoutError), Lifetime(0.01):
        await asyncio.sleep(10)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_what_is_in_time_goes_on() -> None:
    with Lifetime(0.3):
        await asyncio.sleep(0)
    await asyncio.sleep(0.4)  # the time of the limit passes, and nobody is stopped by it


async def test_the_nearer_of_two_limits_counts() -> None:
    with Lifetime(10):
        with pytest.raises(TimeoutError), Lifetime(0.01):
            await asyncio.sleep(5)
        await asyncio.sleep(0)


async def test_a_fault_of_the_block_is_the_fault() -> None:
    with pytest.raises(KeyError), Lifetime(5):
        raise KeyError


async def test_somebody_elses_cancellation_is_no_timeout() -> None:
    begun = asyncio.Event()

    async def block() -> None:
        with Lifetime(10):
            begun.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(block())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelled_by_both_it_is_cancelled() -> None:
    begun = asyncio.Event()
    limit = Lifetime(10)

    async def block() -> None:
        with limit:
            begun.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(block())
    await begun.wait()
    limit.stop(TimeoutError())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
