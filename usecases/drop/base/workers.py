"""Executors of an import: threads for little work, worker processes for much."""

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
    """Lend an executor for this many items; up to `few` run in threads, because starting a process takes longer.

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
    """Prepare a worker process, and end it when the parent is killed.

    Otherwise it would wait for work for ever.
    """
    collect_seldom()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _processes(count: int, preloaded: str) -> ProcessPoolExecutor:
    # A child forked from this process would inherit the database connection and the event loop. The fork server has
    # only the preloaded module.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preloaded])
    return ProcessPoolExecutor(count, mp_context=context, initializer=begin_work)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Block Ctrl-C, which a terminal sends to all, in processes started inside: the parent ends them in order.

    It is blocked and not ignored, so that the parent still receives an interrupt of this moment afterwards.
    """
    resource_tracker.ensure_running()  # must run before the signal is blocked, because starting it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
