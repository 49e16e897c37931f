"""A first-come, first-served pool of asyncpg connections with a bounded wait.

asyncpg's own pool lets newcomers overtake those who wait (its issue 1247), which triples the slowest answers under
load, and resets each connection on release, which costs a round trip; nothing here sets session state to be reset.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class PoolExhaustedError(Exception):
    """No connection came free within the wait allowed."""


class Pool:
    """Lends at most `size` connections, opened when first needed; the longest waiter is served first."""

    def __init__(self, connect: Connect, size: int, wait: float) -> None:
        self._connect = connect
        self._wait = wait
        self._idle: list[asyncpg.Connection] = []
        self._slots = size
        self._waiters: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self.size = size

    @property
    def lent(self) -> int:
        """Return how many connections are in use or being opened."""
        return self.size - self._slots - len(self._idle)

    async def acquire(self) -> asyncpg.Connection:
        """Lend a live connection; raises PoolExhaustedError after `wait` seconds, OSError when none can be opened."""
        connection = self._idle.pop() if self._idle else await self._slot_or_turn()
        if connection is not None and not connection.is_closed():
            return connection
        try:
            return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    def release(self, connection: asyncpg.Connection) -> None:
        """Take a connection back and hand it to the longest waiter; a broken one leaves room for a new one."""
        if connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._pass_on(None)
        else:
            self._pass_on(connection)

    def forget_idle(self) -> None:
        """Drop the idle connections, which a restarted server has most likely broken with the one that failed."""
        while self._idle:
            self._idle.pop().terminate()
            self._slots += 1

    async def close(self) -> None:
        """Close the idle connections; those still lent are closed when the server stops."""
        while self._idle:
            with suppress(OSError, asyncpg.PostgresError):
                await self._idle.pop().close(timeout=1)
            self._slots += 1

    async def _slot_or_turn(self) -> asyncpg.Connection | None:
        """Take a free slot, or wait for a connection; None means: open a new one."""
        if self._slots:
            self._slots -= 1
            return None
        turn: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        try:
            async with asyncio.timeout(self._wait):
                return await turn
        except BaseException as interruption:
            # Interrupted in the very moment of its turn: without this the connection handed over would be lost.
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            if isinstance(interruption, TimeoutError):
                raise PoolExhaustedError("no database connection came free in time; try again shortly") from None
            raise

    def _pass_on(self, connection: asyncpg.Connection | None) -> None:
        """Give a connection (or the right to open one) to the longest waiter, else keep it."""
        while self._waiters:
            turn = self._waiters.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._slots += 1
        else:
            self._idle.append(connection)
