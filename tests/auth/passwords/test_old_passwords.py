"""Comparisons with old passwords run in a separate process, with a time limit, and never block anything else."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from auth.passwords.hashing import QUEUE, PasswordWorkBusyError
from auth.passwords.old_passwords import OldPasswords
from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash, wrap

OLD, NEW = "vanhan myllyn kalat uivat", "uuden myllyn kalat lentävät"
WRAPPED = wrap(hashlib.md5(OLD.encode()).hexdigest())  # noqa: S324 - as the old services did
EXPENSIVE = replace(WRAPPED, scheme=LegacyScheme.BCRYPT, settings="$2b$31$" + "a" * 21 + "." + "." * 31)
PATIENCE = 30.0  # seconds


@pytest.fixture
async def old_passwords() -> AsyncIterator[OldPasswords]:
    made = OldPasswords(within=PATIENCE)
    yield made
    await made.close()


def children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    ids = {int(pid) for task in tasks for pid in task.read_text().split()}
    return {pid for pid in ids if b"auth.passwords.old_worker" in _command_line(pid)}


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_only_the_old_password_is_found(old_passwords: OldPasswords) -> None:
    other = wrap("0" * 32)
    assert await old_passwords.include(OLD, [other, WRAPPED])
    for password in (NEW, OLD + " ", WRAPPED.hash, "\ud800" * 16, "\n" * 20):
        assert not await old_passwords.include(password, [other, WRAPPED]), password


async def test_person_without_old_codes_starts_no_process(old_passwords: OldPasswords) -> None:
    assert not await old_passwords.include(OLD, [])
    assert children() == set()


async def test_one_process_is_used_again_and_killed_at_the_end(old_passwords: OldPasswords) -> None:
    await old_passwords.include(NEW, [WRAPPED])
    first = children()
    await old_passwords.include(NEW, [WRAPPED])
    assert (len(first), children()) == (1, first)
    await old_passwords.close()
    assert children() == set()


async def test_idle_process_ends() -> None:
    old_passwords = OldPasswords(within=PATIENCE, rest=0.05)
    assert await old_passwords.include(OLD, [WRAPPED])
    await until(lambda: not children())
    assert await old_passwords.include(OLD, [WRAPPED]), "the next comparison starts another process"
    await old_passwords.close()


async def test_expensive_hash_is_skipped_with_a_warning(old_passwords: OldPasswords) -> None:
    with capture_logs() as logged:
        assert not await old_passwords.include(OLD, [EXPENSIVE])
        assert await old_passwords.include(OLD, [EXPENSIVE, WRAPPED]), "the others are still compared"
    skipped = [line["codes"] for line in logged if "too expensive" in line["event"]]
    assert skipped == [1, 1]


async def test_slow_comparison_is_killed_and_skipped() -> None:
    old_passwords = OldPasswords(within=PATIENCE)
    await old_passwords.include(NEW, [WRAPPED])
    (stuck,) = children()
    os.kill(stuck, signal.SIGSTOP)
    old_passwords._within = 0.2
    with capture_logs() as logged:
        assert not await old_passwords.include(OLD, [WRAPPED])
    assert [(line["codes"], line["reason"]) for line in logged] == [(1, "not done in 0.2 s")]
    await until(lambda: stuck not in children())
    old_passwords._within = PATIENCE
    assert await old_passwords.include(OLD, [WRAPPED])
    await old_passwords.close()


async def test_abandoned_comparison_leaves_no_process_and_no_answer(old_passwords: OldPasswords) -> None:
    await old_passwords.include(NEW, [WRAPPED])
    (stuck,) = children()
    os.kill(stuck, signal.SIGSTOP)
    asking = asyncio.create_task(old_passwords.include(OLD, [WRAPPED]))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: stuck not in children())
    assert not await old_passwords.include(NEW, [WRAPPED]), "the answer to another password reaches no caller"


async def test_killed_process_is_replaced(old_passwords: OldPasswords) -> None:
    await old_passwords.include(NEW, [WRAPPED])
    (killed,) = children()
    os.kill(killed, signal.SIGKILL)
    await until(lambda: killed not in children())
    await asyncio.sleep(0.1)
    assert await old_passwords.include(OLD, [WRAPPED])


async def test_unreadable_proof_is_skipped_with_a_warning(old_passwords: OldPasswords) -> None:
    with capture_logs() as logged:
        assert not await old_passwords.include(OLD, [WrappedHash(WRAPPED.scheme, "\0", "no hash")])
    assert [line["codes"] for line in logged] == [1]
    assert await old_passwords.include(OLD, [WRAPPED])


async def test_comparisons_beyond_the_queue_are_refused(old_passwords: OldPasswords) -> None:
    results = await asyncio.gather(
        *(old_passwords.include(NEW, [WRAPPED]) for _ in range(QUEUE + 3)), return_exceptions=True
    )
    assert [isinstance(result, PasswordWorkBusyError) for result in results] == [False] * QUEUE + [True] * 3


ORPHANING = """
import asyncio, os
from auth.passwords.old_passwords import OldPasswords
from tests.auth.passwords.test_old_passwords import NEW, WRAPPED, children

async def compare():
    await OldPasswords(within=60).include(NEW, [WRAPPED])
    print(*children(), flush=True)
    await asyncio.sleep(60)

asyncio.run(compare())
"""


async def test_process_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANING], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = int(await asyncio.to_thread(parent.stdout.readline))
        parent.kill()
    await until(lambda: b"old_password_worker" not in _command_line(orphan))
