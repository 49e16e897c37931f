"""Password hashing: argon2id in a few threads behind a bounded queue, with the same work for every outcome.

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
MOST_DECOMPOSED = 4  # code points that NFC may compose to one (Unicode Standard Annex 15, table of expansion factors)
# A stored hash above these costs is not computed. The costs allow about a second of a processor and a quarter of a GiB.
MOST_MEMORY = 1 << 18  # KiB
MOST_PASSES = 16
MOST_WORK = 1 << 20  # KiB times passes
MOST_LANES = 16  # each lane is a thread
QUEUE = 64  # attempts that may wait for a thread; further ones raise PasswordWorkBusyError
REST = 1.0  # seconds without work, after which argon2's memory is returned to the system

_DECOY = HASHER.hash("nobody has this password")


class PasswordWorkBusyError(Exception):
    """Too many passwords are being checked, so this one would wait too long; try again shortly."""


class PasswordWork:
    """Hashes and checks passwords outside the event loop, in one thread fewer than there are cores, at least one."""

    def __init__(self) -> None:
        limit_arenas()
        self._threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="argon2")
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None
        self.runs = 0  # count of argon2 computations; tests compare the work of two outcomes by it

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password matches. Without a hash or with an impossible password it does equal work."""
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
        """Return the hash of a matching password with today's parameters, or None when the stored hash has them."""
        return await self.hash(password) if HASHER.check_needs_rehash(password_hash) else None

    def close(self) -> None:
        """Accept no more work, and let the running checks end."""
        self._cancel_timer()
        self._threads.shutdown(cancel_futures=True)

    async def run(self, work: Callable[[], T]) -> T:
        """Run work that costs as much as a check, in a thread; raises PasswordWorkBusyError when too many wait."""
        if self._waiting >= QUEUE:
            raise PasswordWorkBusyError("many people are signing in just now; try again in a few seconds")
        self._waiting += 1
        self.runs += 1
        self._cancel_timer()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._cancel_timer()
                self._timer = loop.call_later(REST, self._return_memory)

    def _return_memory(self) -> None:
        with suppress(RuntimeError):  # closed meanwhile
            self._threads.submit(trim_heap)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def normalized(password: str) -> str | None:
    """Return the password in NFC, so that every keyboard gives the same; None if no account can have it."""
    if not 0 < len(password) <= LONGEST * MOST_DECOMPOSED or "\0" in password:
        return None
    try:
        password.encode()
    except UnicodeEncodeError:
        return None
    composed = unicodedata.normalize("NFC", password)
    return composed if len(composed) <= LONGEST else None


def is_affordable_argon2(password_hash: str) -> bool:
    """Return whether an argon2 hash is cheap enough to compute; False if its cost cannot be read."""
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
