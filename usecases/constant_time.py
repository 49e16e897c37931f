"""Constant response time, so that timing does not reveal whether an address has an account."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PADDED_TIME = 0.05  # seconds; several times the duration of the slowest action


@asynccontextmanager
async def pad_response_time(seconds: float = PADDED_TIME) -> AsyncIterator[None]:
    """Delay the end of the block until `seconds` have passed since its beginning (B15)."""
    until = asyncio.get_running_loop().time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(until - asyncio.get_running_loop().time())
