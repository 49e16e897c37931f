"""Lifetime of a request: owns deadline, lease and hang-up watch, at a tenth of the cost of `asyncio.timeout_at`."""

import asyncio
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from starlette.types import Receive

from models.db.deadlines import deadline_poller
from models.db.errors import DatabaseUnavailableError
from models.db.lease import ConnectionLease
from models.db.pool import ConnectionSource, Pool
from server.http.body import ClientGoneError


class Lifetime:
    """Deadline, connection lease and hang-up watch of one request; all three end with the block.

    A request has up to four phases: receive the body, read the document, read the session, run the operation. The block
    raises the fault of the phase in which the deadline passed. One block serves all phases, because entering and
    leaving a block is the expensive part.
    """

    __slots__ = (
        "_cancelling",
        "_deadline",
        "_deadline_poller",
        "_fault",
        "_lease",
        "_overdue",
        "_receive",
        "_seen",
        "_task",
        "_watch",
    )

    def __init__(self, seconds: float, overdue: Callable[[], Exception] = TimeoutError) -> None:
        """Take the seconds of the first phase, and a factory of the exception for a phase that lasts longer."""
        self._deadline, self._overdue = monotonic() + seconds, overdue
        self._fault: Exception | None = None
        self._lease: ConnectionLease | None = None
        self._receive: Receive | None = None
        self._watch: asyncio.Task[None] | None = None

    def begin_operation(self, seconds: float) -> None:
        """Set the deadline of all further phases, after the body has arrived."""
        self._deadline, self._overdue = monotonic() + seconds, TimeoutError

    def watch_caller(self, receive: Receive) -> None:
        """Cancel the block with ClientGoneError when the caller disconnects; only for operations that change nothing.

        The watch begins with the second tick: most queries end before it and save the task.
        """
        self._receive, self._seen = receive, False

    def reading_session(self, pool: Pool) -> ConnectionLease:
        """Begin to read the session; the connection is leased until the block ends or a mutation begins."""
        self._overdue = _session_overdue
        self._lease = lease = ConnectionLease(pool)
        return lease

    def executing(self, *, changes: bool) -> ConnectionSource | None:
        """Begin to run the operation, and return the lease for its reads.

        None for a mutation: it may wait for a password hash, and would keep the connection from others meanwhile.
        """
        self._overdue = TimeoutError
        if changes and self._lease is not None:
            self._lease.end()
        return None if changes else self._lease

    def __enter__(self) -> "Lifetime":
        self._deadline_poller = deadline_poller()
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._deadline_poller.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadline_poller.remove(self)
        if self._lease is not None:
            self._lease.end()
        if self._watch is not None:
            self._watch.cancel()
        # Convert a cancellation only if it is ours alone; others who cancelled the task must see theirs.
        if self._fault and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._fault from error

    def poll(self, now: float) -> None:
        """Stop the block when its deadline has passed; otherwise begin to watch the caller."""
        if now >= self._deadline:
            self.stop(self._overdue())
        elif self._receive is not None and self._watch is None:
            if self._seen:
                self._watch = self._deadline_poller.loop.create_task(self._until_gone(self._receive))
            self._seen = True

    def stop(self, fault: Exception) -> None:
        """Cancel the block, once, and keep the exception to raise."""
        if self._fault is None:
            self._fault = fault
            self._task.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stop(ClientGoneError())


def _session_overdue() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("the caller's session was not read in time")
