"""First-come, first-served pool of asyncpg connections with a bounded wait.

asyncpg's own pool lets newcomers overtake the queue (its issue 1247), which triples the slowest answers under load. It
also resets each connection on release, which costs a round trip; no code here sets session state.
"""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Protocol, TypeAlias

import asyncpg

from models.db.connection import ReadingConnection
from models.db.deadlines import deadline_poller

Connect: TypeAlias = Callable[[], Awaitable[ReadingConnection]]
Turn: TypeAlias = "asyncio.Future[ReadingConnection | None]"


class PoolExhaustedError(Exception):
    """No connection came free within the allowed wait."""


class ConnectionSource(Protocol):
    """Source of connections for reads: a pool or a lease."""

    async def acquire(self) -> ReadingConnection:
        """Lend a live connection; wait for one if needed."""

    def release(self, connection: ReadingConnection) -> None:
        """Take a connection back."""

    def close_idle(self) -> None:
        """Close the idle connections, because another one was broken."""


class Pool:
    """Lends at most `size` connections, opened when first needed; the longest waiter is served first."""

    def __init__(self, connect: Connect, size: int, wait: float, max_lease_seconds: float = math.inf) -> None:
        """Keep the limits; `wait` is the seconds in the queue, `max_lease_seconds` those of one lease."""
        self._connect = connect
        self._wait = wait
        self._max_lease_seconds = max_lease_seconds
        self._in_use: dict[ReadingConnection, float] = {}  # monotonic time at which each is terminated
        self._idle: list[ReadingConnection] = []
        self._slots = size
        self._waiters: deque[tuple[float, Turn]] = deque()  # monotonic deadline of each
        self._deadline_poller = deadline_poller()
        self.size = size

    @property
    def in_use(self) -> int:
        return self.size - self._slots - len(self._idle)

    async def acquire(self) -> ReadingConnection:
        """Lend a live connection; raises PoolExhaustedError after `wait` seconds, OSError when none can be opened."""
        connection = self._idle.pop() if self._idle else await self._slot_or_turn()
        if connection is None or connection.is_closed():
            try:
                connection = await self._connect()
            except BaseException:
                self._pass_on(None)
                raise
        return self._hand_out(connection)

    def release(self, connection: ReadingConnection) -> None:
        """Take a connection back and hand it to the longest waiter; a broken one frees its slot."""
        self._in_use.pop(connection, None)
        if connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._pass_on(None)
        else:
            self._pass_on(connection)

    def close_idle(self) -> None:
        """Close the idle connections, because a restart of the server has most likely broken all of them."""
        while self._idle:
            self._idle.pop().terminate()
            self._slots += 1

    async def close(self) -> None:
        """Close the idle connections; those in use are closed when the server stops."""
        while self._idle:
            with suppress(OSError, asyncpg.PostgresError):
                await self._idle.pop().close(timeout=1)
            self._slots += 1

    def _hand_out(self, connection: ReadingConnection) -> ReadingConnection:
        if not self._in_use:
            self._deadline_poller.add(self)
        self._in_use[connection] = monotonic() + self._max_lease_seconds
        return connection

    async def _slot_or_turn(self) -> ReadingConnection | None:
        """Take a free slot, or wait for a connection; None means that the caller opens a new one."""
        if self._slots:
            self._slots -= 1
            return None
        turn: Turn = self._deadline_poller.loop.create_future()
        self._waiters.append((monotonic() + self._wait, turn))
        self._deadline_poller.add(self)
        try:
            return await turn
        except asyncio.CancelledError:
            # Cancelled after its turn came: without this the connection that was handed over would be lost.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on(turn.result())
            raise

    def poll(self, now: float) -> None:
        """Refuse waiters and terminate connections past their deadlines, because a server may never answer."""
        while self._waiters and (self._waiters[0][1].done() or self._waiters[0][0] <= now):
            _, turn = self._waiters.popleft()
            if not turn.done():
                turn.set_exception(PoolExhaustedError("no database connection came free in time; try again shortly"))
        for connection in [connection for connection, due in self._in_use.items() if due <= now]:
            del self._in_use[connection]
            connection.terminate_timed_out()
        if not self._waiters and not self._in_use:
            self._deadline_poller.remove(self)

    def _pass_on(self, connection: ReadingConnection | None) -> None:
        """Hand a connection, or the right to open one, to the longest waiter; without a waiter keep it."""
        while self._waiters:
            _, turn = self._waiters.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._slots += 1
        else:
            self._idle.append(connection)
