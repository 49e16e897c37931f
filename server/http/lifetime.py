"""Owns what one request holds for a time, at a tenth of the cost of `asyncio.timeout_at` for a request in time."""

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

    A request has up to four phases: the body arrives, the document is read, the session is read, the operation runs.
    The block raises the fault of the phase in which the deadline passed. All phases share one block, because entering
    and leaving a block is what costs.
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
        """Take the seconds that the first phase may last, and what makes the fault of one that lasts longer."""
        self._deadline, self._overdue = monotonic() + seconds, overdue
        self._fault: Exception | None = None
        self._lease: ConnectionLease | None = None
        self._receive: Receive | None = None
        self._watch: asyncio.Task[None] | None = None

    def begin_operation(self, seconds: float) -> None:
        """Set the deadline of all further phases: the body has arrived."""
        self._deadline, self._overdue = monotonic() + seconds, TimeoutError

    def watch_caller(self, receive: Receive) -> None:
        """Stop the block with ClientGoneError when the caller hangs up; for operations that change nothing.

        The watch begins with the second tick: most queries are done by then and never cost a task.
        """
        self._receive, self._seen = receive, False

    def reading_session(self, pool: Pool) -> ConnectionLease:
        """Begin to read the session; its connection is leased until the block ends or a mutation begins."""
        self._overdue = _session_overdue
        self._lease = lease = ConnectionLease(pool)
        return lease

    def executing(self, *, changes: bool) -> ConnectionSource | None:
        """Begin to run the operation, and return the lease for its reads.

        A mutation gets none: it may wait for a password hash, and a connection kept meanwhile is missing elsewhere.
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
        # Another canceller of the task must be heard: only a cancellation of ours alone becomes the fault.
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
        """Cancel the block, once."""
        if self._fault is None:
            self._fault = fault
            self._task.cancel()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stop(ClientGoneError())


def _session_overdue() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("the caller's session was not read in time")
