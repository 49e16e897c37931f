"""Comparison of a new password with those of old codes, in worker processes that can be killed.

An old hash may cost a hundred times an argon2id hash of ours, and no thread can be stopped while it computes one. So
the threads of `hashing.py`, in which people sign in, never compute old hashes. A process takes 46 MB: it starts for the
first comparison and ends after a while without work.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from auth.passwords.hashing import QUEUE, PasswordWorkBusyError
from auth.passwords.wrapped_hashes import WrappedHash

log = structlog.get_logger()

WITHIN = 3.0  # seconds for one comparison with all old codes of a person; the comparison is skipped after that
REST = 30.0  # seconds without a comparison, after which the processes end
MOST_PROCESSES = max(1, (os.cpu_count() or 2) - 1)

_PROJECT = Path(__file__).parents[2]


class OldPasswords:
    """Worker processes, at most one fewer than there are cores; each compares one password at a time."""

    def __init__(self, within: float = WITHIN, rest: float = REST) -> None:
        self._within = within
        self._rest = rest
        self._turns = asyncio.Semaphore(MOST_PROCESSES)
        self._waiting = 0
        self._idle: list[Process] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def include(self, password: str, wrapped_hashes: Sequence[WrappedHash]) -> bool:
        """Return whether a password is that of an old code; False if the comparison fails or takes too long.

        The comparison is a precaution, and its failure must not stop a person from setting a password. The log tells
        that it was skipped. Raises PasswordWorkBusyError when too many wait.
        """
        if not wrapped_hashes:
            return False
        if self._waiting >= QUEUE:
            raise PasswordWorkBusyError("many people are setting a password just now; try again in a few seconds")
        self._waiting += 1
        try:
            async with self._turns:
                return await self._compared(password, wrapped_hashes)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Kill the idle processes; a busy process is killed with its request."""
        self._cancel_timer()
        self._end_idle()
        await asyncio.gather(*self._ending)

    async def _compared(self, password: str, wrapped_hashes: Sequence[WrappedHash]) -> bool:
        self._cancel_timer()
        asked = json.dumps([password, [[wrapped.scheme, wrapped.settings, wrapped.hash] for wrapped in wrapped_hashes]])
        try:
            async with asyncio.timeout(self._within):
                matches, skipped = json.loads(await self._answer(asked))
        except (TimeoutError, OSError, ValueError) as failure:
            log.warning(
                "a new password was not compared with those of old codes",
                codes=len(wrapped_hashes),
                reason=f"not done in {self._within:g} s" if isinstance(failure, TimeoutError) else repr(failure),
            )
            return False
        if skipped:
            log.warning("old codes with too expensive a hash were not compared with a new password", codes=skipped)
        return bool(matches)

    async def _answer(self, asked: str) -> bytes:
        """Return a process's answer; kill it if it does not answer, or a later comparison would read the answer."""
        process = self._idle_one() or await _started()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{asked}\n".encode())
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except BaseException:
            self._end(process)
            raise
        self._keep(process, answers=bool(answer))
        return answer

    def _idle_one(self) -> Process | None:
        """Return an idle process, skipping those that were killed from outside."""
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
        return None

    def _keep(self, process: Process, *, answers: bool) -> None:
        if not answers:
            self._end(process)
            return
        self._idle.append(process)
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(self._rest, self._end_idle)

    def _end_idle(self) -> None:
        while self._idle:
            self._end(self._idle.pop())

    def _end(self, process: Process) -> None:
        ending = asyncio.ensure_future(_killed(process))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _started() -> Process:
    # In a session of its own; otherwise Ctrl-C in a terminal would end it with a traceback.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "auth.passwords.old_worker",
        cwd=_PROJECT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
    )


async def _killed(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
