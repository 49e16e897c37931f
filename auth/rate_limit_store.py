"""Redis or Valkey store in which several processes count their rate limits together."""

from typing import Any

from limits.aio.storage import RedisStorage
from redis._parsers import _AsyncRESP3Parser
from redis.exceptions import InvalidResponse

LARGEST_REPLY = 64 * 1024  # bytes; the replies to counters have less than a hundred


class BoundedParser(_AsyncRESP3Parser):
    """Refuses long replies; otherwise a broken store would fill our memory within its timeout."""

    async def _read(self, length: int) -> bytes:
        if length > LARGEST_REPLY:
            raise InvalidResponse(f"a reply of {length} bytes")
        data: bytes = await super()._read(length)
        return data


def shared_store(url: str, timeout: float) -> RedisStorage:
    """Return the store at that address; `timeout` is in seconds, for each answer."""
    # Valkey speaks the protocol of Redis, so one client serves both.
    address = "async+" + url.replace("valkey", "redis", 1)
    options: dict[str, Any] = {"parser_class": BoundedParser}  # the client's options hold more than numbers and texts
    return RedisStorage(
        address,
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="omaposti",
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        **options,
    )
