"""Output of commands on a terminal, in a file and for a supervisor: colours, missing settings, interruption."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.config.notices import log_what_is_not_configured
from server.config.settings import Settings
from server.db.database import Database
from tests.faults.serve_command import ServeCommands
from tests.server.cli.test_config_commands import omaposti
from tests.server.cli.test_serve_command import environment
from tests.server.config.test_logs import PROGRAM
from tests.server.mail.mail_server import mail_server
from tests.server.mail.test_worker_killed import listening_for
from tests.usecases.drop.handover import SAMPLE
from tests.usecases.drop.test_resume import ADVISORY_LOCKS
from usecases.drop.base.transactions import import_connection

ESCAPE = "\x1b"
CONFIGURED = {
    "OMAPOSTI_PUBLIC_URL": "https://omaposti.example",
    "OMAPOSTI_MAIL_FROM": "OmaPosti <no-reply@posti.example>",
    "OMAPOSTI_ALLOWED_ORIGINS": '["https://omaposti.example"]',
}

# Simulates Ctrl-C while the command's module is imported.
INTERRUPTED = """
import os, signal, sys
from server.cli.main import run
def interrupt(event, given):
    if event == "open" and f"cli{os.sep}drop.py" in str(given[0]): os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
sys.argv[1:] = ["drop", "report"]
run()
"""


def logged_to_terminal(**settings: str) -> str:
    """Return the console log as written to a terminal."""
    ours, theirs = pty.openpty()
    given = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}} | settings
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "console"], stdout=theirs, env=given) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # the last program has closed the terminal
                break
            said += read
        assert process.wait() == 0
    os.close(ours)
    return said.decode()


def test_log_has_colours_on_a_terminal_and_obeys_no_color() -> None:
    assert ESCAPE in logged_to_terminal()
    assert ESCAPE not in logged_to_terminal(NO_COLOR="1")


def test_output_to_a_file_has_no_colours(database: Database, dsn: str) -> None:
    logs = subprocess.run([sys.executable, "-c", PROGRAM, "console"], capture_output=True, text=True, check=True)
    assert ESCAPE not in logs.stdout
    colourful = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "DATABASE_URL": dsn}
    for command in (f"drop import {SAMPLE}", "drop report", "audit verify", "staff list", "--help", "nonsense"):
        said = omaposti(*command.split(), **colourful)
        assert ESCAPE not in said.stdout + said.stderr, command


async def test_production_logs_what_is_not_configured(
    database: Database, dsn: str, unused_tcp_port_factory: Callable[[], int]
) -> None:
    missing = {}
    for more in ({}, CONFIGURED):
        with ServeCommands(unused_tcp_port_factory(), OMAPOSTI_ENVIRONMENT="production", **more) as server:
            await asyncio.to_thread(server.start, dsn)
            notices = [line for line in server.logged() if line.get("event") == "not configured"]
        assert {line["level"] for line in notices} == {"warning"}
        missing[bool(more)] = {line["setting"] for line in notices}
    assert missing[True] == {"OMAPOSTI_SMTP_URL", "OMAPOSTI_TRUSTED_PROXIES", "OMAPOSTI_RATE_LIMIT_URL"}
    assert missing[False] == missing[True] | set(CONFIGURED)


def test_development_logs_no_missing_setting(logged: list[object]) -> None:
    log_what_is_not_configured(Settings(environment="development"))
    assert logged == []
    log_what_is_not_configured(Settings())
    assert len(logged) == 7


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_stopped_worker_says_so(database: Database, dsn: str, stop: signal.Signals) -> None:
    async with mail_server() as mails:
        worker = await asyncio.create_subprocess_exec(
            *[sys.executable, "-c", "from server.cli.main import run; run()", "worker"],
            env=environment(dsn, 0, OMAPOSTI_SMTP_URL=mails.url, OMAPOSTI_ENVIRONMENT="development"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        await listening_for(signal.SIGTERM, worker)  # until it has a handler, Ctrl-C ends a Python program at once
        worker.send_signal(stop)
        said, _ = await worker.communicate()
    assert (worker.returncode, said) == (0, b"Stopped.\n")


def test_a_command_interrupted_while_it_loads_says_so() -> None:
    ran = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "omaposti: stopped\n")


async def test_an_interrupted_command_says_so_without_a_traceback(database: Database, dsn: str, tmp_path: Path) -> None:
    async with import_connection(database.engine, dry_run=True):  # makes the command wait
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-c", "from server.cli.main import run; run()", "drop", "import", str(SAMPLE)],
            env=environment(dsn, 0),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with database.sessions() as db, asyncio.timeout(30):
            waits = f"SELECT count(*) {ADVISORY_LOCKS} AND NOT granted"
            while not (await (await db.connection()).exec_driver_sql(waits)).scalar():
                await db.rollback()
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    *_, last = errors.decode().splitlines()
    assert (process.returncode, last) == (130, "omaposti: stopped")
    assert b"Traceback" not in errors
