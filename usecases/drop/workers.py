"""Where an import's own work is done: in threads for a little of it, in worker processes for much."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import wait


def workers(items: int, few: int) -> Executor:
    """Return an executor for so many items of work; up to `few` of them threads do sooner than a process starts."""
    count = os.cpu_count() or 1
    if items <= few:
        return ThreadPoolExecutor(count)
    # A forked child would inherit the database connection and the event loop.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it is killed: a worker waits for work that would never come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
