"""Memory of password checks is returned to the system when nobody signs in any more."""

import subprocess
import sys
from pathlib import Path

import pytest

HASH = 19_456 * 1024  # bytes
PROGRAM = """
import asyncio
from pathlib import Path
from auth.passwords import hashing as passwords
def resident(): return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
async def main():
    passwords.REST = 0.05
    before = resident()
    work = passwords.PasswordWork()
    await asyncio.gather(*(work.matches(None, "wrong") for _ in range(8)))
    for _ in range(100):
        await asyncio.sleep(0.05)
        if resident() - before < 2 ** 21: break
    print(resident() - before)
    work.close()
asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells it like this")
def test_memory_of_a_password_check_is_returned_to_the_system() -> None:
    left = int(subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout)
    assert left < HASH / 4
