"""Answers that may not tell by their time whether somebody has an account come after the same time for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PADDED_TIME = 0.05  # seconds, several times what the slowest of the actions takes


@asynccontextmanager
async def pad_response_time(seconds: float = PADDED_TIME) -> AsyncIterator[None]:
    """Take at least so long, however soon the work is done (B15)."""
    until = asyncio.get_running_loop().time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(until - asyncio.get_running_loop().time())
