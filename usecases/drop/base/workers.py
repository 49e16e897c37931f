"""Where an import's own work is done: in threads for a little of it, in worker processes for much."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait

from usecases.drop.base.gc_tuning import collect_seldom


@contextmanager
def workers(items: int, few: int, work: Callable[..., object]) -> Iterator[Executor]:
    """Lend an executor for so many items of work; up to `few` of them threads do sooner than a process starts.

    The module of `work` is imported once for all processes.
    """
    count = os.cpu_count() or 1
    executor = ThreadPoolExecutor(count) if items <= few else _processes(count, work.__module__)
    try:
        if isinstance(executor, ProcessPoolExecutor):
            with _without_interrupts():
                for _ in range(count):
                    executor.submit(os.getpid)  # starts a process
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def begin_work() -> None:
    """Make a worker process ready for an import's work, and end it when the parent is killed.

    It would wait for work that never comes.
    """
    collect_seldom()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _processes(count: int, preloaded: str) -> ProcessPoolExecutor:
    # A child forked from here would inherit the database connection and the event loop. The server it is forked from
    # instead has nothing but what all of them need to import, once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preloaded])
    return ProcessPoolExecutor(count, mp_context=context, initializer=begin_work)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Keep Ctrl-C, which a terminal sends to all, from the processes started inside: the parent ends them in order.

    It is blocked and not ignored, so that one that comes in this very moment reaches the parent afterwards.
    """
    resource_tracker.ensure_running()  # which would unblock it when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
