"""Passwords: argon2id in a few threads behind a bounded queue, with the same work whatever the outcome.

Parameters: OWASP Password Storage Cheat Sheet (m=19 MiB, t=2, p=1). Normalisation: NIST SP 800-63B-4, 3.1.1.2.
"""

import asyncio
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from auth.passwords.malloc import limit_arenas, trim_heap

T = TypeVar("T")

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
LONGEST = 1024  # code points in NFC
MOST_DECOMPOSED = 4  # code points that NFC may make one of (Unicode Standard Annex 15, table of expansion factors)
# A hash that says it costs more is not computed: at most about a second of a processor and a quarter of a GiB.
MOST_MEMORY = 1 << 18  # KiB
MOST_PASSES = 16
MOST_WORK = 1 << 20  # KiB times passes
MOST_LANES = 16  # each is a thread
QUEUE = 64  # attempts that may wait for a thread
REST = 1.0  # seconds without work, after which the memory it took is given back

_DECOY = HASHER.hash("nobody has this password")


class PasswordWorkBusyError(Exception):
    """So many passwords are being checked that this one would wait too long; try again shortly."""


class PasswordWork:
    """Hashes and checks passwords beside the event loop: one thread fewer than there are cores, at least one."""

    def __init__(self) -> None:
        limit_arenas()
        self._threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="argon2")
        self._waiting = 0
        self._resting: asyncio.TimerHandle | None = None
        self.runs = 0  # how often argon2 has been run, so that equal work can be seen to be equal

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password fits; without a hash or with an impossible password, after equal work."""
        candidate = normalized(password)
        impossible = password_hash is None or candidate is None
        fits = await self.run(lambda: _verify(password_hash or _DECOY, candidate or ""))
        return fits and not impossible

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of a password that the rules have accepted."""
        candidate = normalized(password)
        if candidate is None:
            raise ValueError("a password has 1 to 1,024 characters of valid Unicode")
        return await self.run(lambda: HASHER.hash(candidate))

    async def renewed(self, password_hash: str, password: str) -> str | None:
        """Return the hash by today's parameters of a password that has just fitted, or None when it has them."""
        return await self.hash(password) if HASHER.check_needs_rehash(password_hash) else None

    def close(self) -> None:
        """Let the running checks end and take no more."""
        self._stir()
        self._threads.shutdown(cancel_futures=True)

    async def run(self, work: Callable[[], T]) -> T:
        """Do work as expensive as a check beside the event loop; raises PasswordWorkBusyError when too many wait."""
        if self._waiting >= QUEUE:
            raise PasswordWorkBusyError("many people are signing in just now; try again in a few seconds")
        self._waiting += 1
        self.runs += 1
        self._stir()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._stir()
                self._resting = loop.call_later(REST, self._rest)

    def _rest(self) -> None:
        with suppress(RuntimeError):  # closed meanwhile
            self._threads.submit(trim_heap)

    def _stir(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None


def normalized(password: str) -> str | None:
    """Return the password in NFC, so that every keyboard gives the same one; None when nobody can have it."""
    if not 0 < len(password) <= LONGEST * MOST_DECOMPOSED or "\0" in password:
        return None
    try:
        password.encode()
    except UnicodeEncodeError:
        return None
    composed = unicodedata.normalize("NFC", password)
    return composed if len(composed) <= LONGEST else None


def is_affordable_argon2(password_hash: str) -> bool:
    """Return whether an argon2 hash may be computed; one whose cost cannot be read may not."""
    try:
        cost = extract_parameters(password_hash)
    except (InvalidHashError, ValueError):
        return False
    within_each = cost.memory_cost <= MOST_MEMORY and cost.time_cost <= MOST_PASSES and cost.parallelism <= MOST_LANES
    return within_each and cost.memory_cost * cost.time_cost <= MOST_WORK


def _verify(password_hash: str, password: str) -> bool:
    try:
        return is_affordable_argon2(password_hash) and HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
