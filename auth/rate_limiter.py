"""Rate limiter for attempts at secrets and for requested messages; it slows guessers down and locks no account.

An attempt is counted before the secret is checked, in a store outside the transaction. So neither a rollback nor many
attempts at once evade the limit (B43), and a success resets nothing (B46). A known device has a bucket of its own,
which nobody else can fill (B47).
"""

import hashlib
import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar
from uuid import UUID

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from auth.rate_limits import RateLimits

log = structlog.get_logger()
_T = TypeVar("_T")

_RATE_LIMIT = re.compile(r"[1-9]\d{0,8} ?(per|/) ?([1-9]\d{0,3} )?(second|minute|hour|day|month|year)s?")
STORE_TIMEOUT = 1.0  # seconds for an answer of the shared store
STORE_REST = 5.0  # seconds to skip an unresponsive store; otherwise each attempt would wait for every bucket
SUBSCRIBER_BITS = {4: 32, 6: 64}  # the network of one subscriber; in IPv6 they can change the other bits at will


class RateLimitedError(Exception):
    """Too many attempts; `retry_after` is the seconds until the next one is allowed."""

    def __init__(self, kind: str, retry_after: int) -> None:
        super().__init__(f"{kind}: try again in {retry_after} s")
        self.kind = kind
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Bucket:
    """Attempts that are counted together: `kind` selects the limit, `parts` the person, address or device."""

    kind: str
    parts: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the key in the store; a hash, because the store must not hold addresses."""
        return hashlib.sha256("\0".join(self.parts).encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def sign_in_account(cls, email_key: str) -> "Bucket":
        """All attempts at one account, whether it exists or not."""
        return cls("sign_in_account", (email_key,))

    @classmethod
    def sign_in_address(cls, address: str | None) -> "Bucket":
        """All attempts from one subscriber."""
        return cls("sign_in_address", (subscriber(address),))

    @classmethod
    def sign_in_account_from(cls, email_key: str, address: str | None) -> "Bucket":
        """All attempts at one account from one subscriber."""
        return cls("sign_in_account_from", (email_key, subscriber(address)))

    @classmethod
    def sign_in_device(cls, device_id: UUID) -> "Bucket":
        """All attempts from a device that has proved itself to be one of the account's."""
        return cls("sign_in_device", (str(device_id),))

    @classmethod
    def reauthentication(cls, session_id: UUID | None) -> "Bucket":
        """All attempts to prove the password again within one session."""
        return cls("reauthentication", (str(session_id),))

    @classmethod
    def mail_to(cls, email_key: str) -> "Bucket":
        """All messages that anybody requests to one mailbox (OWASP 2.4.1, B48)."""
        return cls("mail_to", (email_key,))

    @classmethod
    def mail_to_from(cls, email_key: str, address: str | None) -> "Bucket":
        """All messages that one subscriber requests to one mailbox."""
        return cls("mail_to_from", (email_key, subscriber(address)))

    @classmethod
    def operation(cls, name: str, address: str | None) -> "Bucket":
        """All requests of one kind from one subscriber."""
        return cls("operation", (name, subscriber(address)))

    @classmethod
    def refresh(cls, address: str | None) -> "Bucket":
        """All exchanges of refresh tokens from one subscriber."""
        return cls("refresh", (subscriber(address),))

    @classmethod
    def document(cls, address: str | None) -> "Bucket":
        """All documents from one subscriber that were not parsed before (B59)."""
        return cls("document", (subscriber(address),))


def parsed(rate_limits: RateLimits) -> dict[str, RateLimitItem]:
    """Return the rate limits by the kind of bucket; raises ValueError for a limit not written like `10 per 2 hours`."""
    return {kind: _parsed(kind, text) for kind, text in asdict(rate_limits).items()}


def _parsed(kind: str, text: str) -> RateLimitItem:
    # The library reads "10 per 0 hours" as one hour, and ignores all but the first of several limits.
    if not _RATE_LIMIT.fullmatch(text):
        raise ValueError(f'write {kind} as how many, 1 or more, in how long: "10 per 15 minutes"')
    return parse(text)


class RateLimiter:
    """Counts attempts in this process, or in a Redis or Valkey that several processes share."""

    def __init__(self, url: str | None = None, rate_limits: RateLimits | None = None) -> None:
        self._allowed = parsed(rate_limits or RateLimits())
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_shared_store(url)) if url else None
        self._away_until = -math.inf  # on the monotonic clock

    async def attempt(self, *buckets: Bucket) -> None:
        """Count one attempt in each bucket in turn; raises RateLimitedError at the first full bucket.

        The buckets after it are not counted, so that one address cannot use up the limit of others.
        """
        for bucket in buckets:
            if not await self._counted(bucket):
                raise RateLimitedError(bucket.kind, await self._seconds_left(bucket))

    async def _counted(self, bucket: Bucket) -> bool:
        return await self._asked(lambda limiter, item: limiter.hit(item, bucket.kind, bucket.key), bucket)

    async def _seconds_left(self, bucket: Bucket) -> int:
        stats = await self._asked(lambda limiter, item: limiter.get_window_stats(item, bucket.kind, bucket.key), bucket)
        return max(1, math.ceil(stats.reset_time - time.time()))

    async def _asked(
        self, ask: Callable[[SlidingWindowCounterRateLimiter, RateLimitItem], Awaitable[_T]], bucket: Bucket
    ) -> _T:
        """Ask the shared store.

        While it is away, each process counts in its own memory, because guessing must stay limited.
        """
        item = self._allowed[bucket.kind]
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return await ask(self._shared, item)
            except Exception as error:  # a broken store may answer with any error
                reason = error.storage_error if isinstance(error, StorageError) else error
                log.warning("rate limit store away", reason=type(reason).__name__, asked_again_in=STORE_REST)
                self._away_until = time.monotonic() + STORE_REST
        return await ask(self._own, item)


def subscriber(address: str | None) -> str:
    """Return the network of one subscriber: /32 of IPv4, /64 of IPv6."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "local"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed.packed, SUBSCRIBER_BITS[parsed.version]), strict=False))


def _shared_store(url: str) -> Storage:
    from auth.rate_limit_store import shared_store  # noqa: PLC0415 - only servers with a shared store load its client

    return shared_store(url, STORE_TIMEOUT)
