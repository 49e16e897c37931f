"""Rate limiter: attempts that count together, the order of buckets, and the shared store."""

import asyncio
import shutil
import socket
import subprocess
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import fields
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from auth.rate_limiter import Bucket, RateLimitedError, RateLimiter, subscriber
from auth.rate_limits import RateLimits

FEW = RateLimits(sign_in_account_from="5 per hour", sign_in_account="12 per hour", mail_to="3 per hour")
SERVER = shutil.which("redis-server") or shutil.which("valkey-server")


async def allowed(rate_limiter: RateLimiter, *buckets: Bucket, attempts: int) -> int:
    """Return the number of allowed attempts out of so many at once."""

    async def one() -> bool:
        try:
            await rate_limiter.attempt(*buckets)
        except RateLimitedError:
            return False
        return True

    return sum(await asyncio.gather(*(one() for _ in range(attempts))))


async def test_b43_hundred_attempts_at_once_do_not_exceed_the_limit() -> None:
    bucket = Bucket.sign_in_account_from("v@x.example", "192.0.2.1")
    assert await allowed(RateLimiter(rate_limits=FEW), bucket, attempts=100) == 5


async def test_refused_attempt_tells_the_time_of_the_next() -> None:
    rate_limiter = RateLimiter(rate_limits=RateLimits(mail_to="1 per 2 seconds"))
    await rate_limiter.attempt(Bucket.mail_to("v@x.example"))
    with pytest.raises(RateLimitedError) as refused:
        await rate_limiter.attempt(Bucket.mail_to("v@x.example"))
    assert (refused.value.kind, refused.value.retry_after in {1, 2}) == ("mail_to", True)
    for _ in range(3):  # each wait brings the next attempt nearer, even where two windows meet
        await asyncio.sleep(refused.value.retry_after)
        if await allowed(rate_limiter, Bucket.mail_to("v@x.example"), attempts=1):
            return
    pytest.fail("the time that is told was not enough")


async def test_attempt_refused_by_one_bucket_is_not_counted_in_later_ones() -> None:
    rate_limiter = RateLimiter(rate_limits=FEW)
    everybody = Bucket.sign_in_account("v@x.example")
    attacker = Bucket.sign_in_account_from("v@x.example", "192.0.2.1")
    assert await allowed(rate_limiter, attacker, everybody, attempts=1000) == 5
    assert (
        await allowed(rate_limiter, Bucket.sign_in_account_from("v@x.example", "192.0.2.2"), everybody, attempts=1) == 1
    )


async def test_buckets_of_other_kinds_and_owners_are_separate() -> None:
    rate_limiter = RateLimiter(rate_limits=RateLimits(*["1 per hour"] * len(fields(RateLimits))))
    session = UUID(int=1)
    buckets = [
        Bucket.sign_in_account("a"),
        Bucket.sign_in_account("b"),
        Bucket.sign_in_address("192.0.2.1"),
        Bucket.sign_in_account_from("a", "192.0.2.1"),
        Bucket.sign_in_account_from("a", "192.0.2.2"),
        Bucket.sign_in_device(session),
        Bucket.reauthentication(session),
        Bucket.document("192.0.2.1"),
        Bucket.mail_to("a"),
        Bucket.mail_to_from("a", "192.0.2.1"),
        Bucket.operation("signUp", "192.0.2.1"),
        Bucket.operation("emailConfirm", "192.0.2.1"),
        Bucket.refresh("192.0.2.1"),
    ]
    for bucket in buckets:
        assert await allowed(rate_limiter, bucket, attempts=3) == 1, bucket


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:DB8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        (None, "", True),
    ],
)
def test_subscriber_is_an_ipv6_network_or_one_ipv4_address(one: str | None, other: str | None, same: bool) -> None:
    assert (subscriber(one) == subscriber(other)) == same


def test_malformed_rate_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="write mail_to as how many"):
        RateLimiter(rate_limits=RateLimits(mail_to="often"))


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis in memory for this test, and return its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert SERVER is not None
    command = [SERVER, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            assert any(b"Ready to accept connections" in line for line in server.stdout), "Redis did not start"
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


@pytest.mark.skipif(SERVER is None, reason="neither redis-server nor valkey-server is installed")
async def test_processes_share_counts_and_count_alone_while_the_store_is_away() -> None:
    bucket, another = Bucket.mail_to("v@x.example"), Bucket.mail_to("w@x.example")
    with redis_server() as url:
        first, second = RateLimiter(url, FEW), RateLimiter(url.replace("redis:", "valkey:"), FEW)
        together = await asyncio.gather(allowed(first, bucket, attempts=9), allowed(second, bucket, attempts=9))
        assert sum(together) == 3
        with pytest.raises(RateLimitedError) as refused:
            await first.attempt(bucket)
        assert 0 < refused.value.retry_after <= 2 * 3600
    with capture_logs() as logged:
        assert await allowed(first, another, attempts=10) == await allowed(second, another, attempts=10) == 3
    assert {line["event"] for line in logged} == {"rate limit store away"}


async def test_silent_store_is_waited_for_once_and_then_skipped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, capture_logs() as logged:
        rate_limiter = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", FEW)
        await rate_limiter.attempt(*(Bucket.mail_to(f"{name}@x.example") for name in "vwxyz"))
    assert [line["event"] for line in logged] == ["rate limit store away"]


MEGABYTE = 1024 * 1024
REPLIES = {
    "a bulk of 5 GB": (b"$5000000000\r\n", b"a" * MEGABYTE),
    "an error of 5 GB": (b"!5000000000\r\n", b"a" * MEGABYTE),
    "an endless line": (b"+", b"a" * MEGABYTE),
    "an endless error": (b"-ERR ", b"a" * MEGABYTE),
    "lists in lists": (b"", b"*1\r\n" * 50_000),
    "a number of 60,000 digits": (b":" + b"1" * 60_000 + b"\r\n", b""),
    "nothing of the protocol": (b"HTTP/1.1 400 Bad Request\r\n\r\n", b""),
}


@asynccontextmanager
async def store_replying(head: bytes, flood: bytes) -> AsyncIterator[str]:
    """Listen as a store that gives this reply to every command, and return its address."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read(65_536)
            writer.write(head)
            while flood:
                writer.write(flood)
                await writer.drain()
            await reader.read()
        writer.close()

    async with await asyncio.start_server(reply, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"


@pytest.mark.parametrize("which", REPLIES)
async def test_store_with_invalid_replies_is_skipped_in_little_memory(which: str) -> None:
    bucket = Bucket.mail_to("v@x.example")
    async with store_replying(*REPLIES[which]) as url:
        tracemalloc.start()
        try:
            assert await allowed(RateLimiter(url, FEW), bucket, attempts=10) == 3
            assert tracemalloc.get_traced_memory()[1] < 16 * MEGABYTE
        finally:
            tracemalloc.stop()
