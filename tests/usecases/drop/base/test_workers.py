"""Worker processes of an import, and Ctrl-C, which a terminal sends to all of them at once."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from server.config.settings import Settings
from server.db.database import Database, open_database
from tests.usecases.drop.handover import Handover, extranet_file, register_file
from usecases.drop.import_drop import import_drop

PROJECT = Path(__file__).parents[4]
GOES_ON = "Interrupted; run the same command again, and it goes on from here."
ROWS = 11_000  # more than threads would read

# Work after the interrupt shows that the processes live and were not interrupted.
PROGRAM = """
import asyncio, os, signal, sys, threading
from usecases.drop.base.workers import workers

async def main():
    threading.Timer(float(sys.argv[1]), lambda: os.killpg(0, signal.SIGINT)).start()
    with workers(2, 0, workers) as executor:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            print("interrupted", executor.submit(abs, -7).result())

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [0.0, 0.05, 0.2, 0.4, 1.0])
def test_only_the_import_receives_an_interrupt_at_any_moment(after: float) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(after)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    assert (ran.stdout, ran.stderr) == ("interrupted 7\n", "")


async def test_interrupted_import_tells_that_it_can_continue(database: Database, dsn: str, tmp_path: Path) -> None:
    rows = extranet_file(*({"asiointitunnus": f"E{n}", "sahkoposti": f"p{n}@aho.example"} for n in range(ROWS)))
    drop = Handover(tmp_path).add("REGISTER", register_file(), 1).add("EXTRANET", rows, ROWS).written()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from server.cli.main import run; run()", "drop", "import", str(drop)),
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": dsn},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    async with database.engine.connect() as connection:
        while not (
            await connection.execute(text("SELECT count(*) FROM drop_files WHERE staged_rows > 1"))
        ).scalar_one():
            await connection.rollback()
    os.killpg(process.pid, signal.SIGINT)
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 128 + signal.SIGINT
    assert said.decode().endswith(f"{GOES_ON}\nomaposti: stopped\n")
    assert b"Traceback" not in said
    async with open_database(dsn, Settings(), bounded=False) as unhurried:
        assert (await import_drop(unhurried.engine, drop))["rows"] == ROWS + 1
