"""Expensive old hashes in a served process: people can sign in meanwhile, and SIGTERM ends the server.

Formerly, a stored hash of 2^31 rounds was computed in the one thread of all sign-ins. bcrypt took minutes and PBKDF2
hours, and a thread cannot be stopped.
"""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from passlib import hash as schemes
from sqlalchemy import select

from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash, wrap
from models.account import Account
from models.legacy_code import LegacyCode, LegacyCodeKind, LegacyCodeStatus
from models.service import Service
from server.db.database import Database
from tests.schema.asking import add_person, sign_in, token_of
from tests.schema.mutations.account.own_account import PASSWORD as NEW
from tests.schema.mutations.account.own_account import Payload, codes, do
from tests.server.cli.test_serve_command import PATIENCE, SERVE, await_ready, environment
from usecases.demo import PASSWORD as FORMER

CHEAP = wrap(schemes.bcrypt.using(rounds=4).hash("the old password of Liisa"))
STORED = {
    "bcrypt": replace(CHEAP, settings=CHEAP.settings.replace("$04$", "$31$")),
    "pbkdf2": WrappedHash(LegacyScheme.PBKDF2_SHA256, f"pbkdf2_sha256$4294967295$salt${'A' * 43}=", CHEAP.hash),
    "phpass": WrappedHash(LegacyScheme.PHPASS, "$P$S" + "." * 30, CHEAP.hash),
    "argon2id": WrappedHash(LegacyScheme.ARGON2ID, "", f"$argon2id$v=19$m=4194304,t=99,p=1$AAAAAAAAAAA${'A' * 22}"),
}
AT_THE_LIMIT = replace(CHEAP, settings=CHEAP.settings.replace("$04$", "$14$"))  # a second of processor time


async def add_liisa(database: Database, *wrapped_hashes: WrappedHash) -> None:
    await add_person(database, "liisa@demo.example")
    async with database.sessions.begin() as db:
        service_id = (await db.scalars(select(Service.id).limit(1))).one()
        account_id = (await db.scalars(select(Account.id))).one()
        for number, wrapped in enumerate(wrapped_hashes):
            db.add(
                LegacyCode(
                    service_id=service_id,
                    code=f"A{number}",
                    code_key=f"A{number}",
                    kind=LegacyCodeKind.PERSON,
                    status=LegacyCodeStatus.LINK_PENDING,
                    account_id=account_id,
                    proof_scheme=wrapped.scheme,
                    proof_settings=wrapped.settings,
                    proof_hash=wrapped.hash,
                )
            )


@asynccontextmanager
async def served(dsn: str, port: int, log: Path) -> AsyncIterator[tuple[httpx.AsyncClient, "subprocess.Popen[str]"]]:
    """Serve in a process of its own; fails at the end of the block if SIGTERM does not stop it."""
    settings = {"OMAPOSTI_ENVIRONMENT": "development", "OMAPOSTI_OPERATION_TIMEOUT": str(PATIENCE)}
    with (
        log.open("w") as output,
        subprocess.Popen(
            SERVE, env=environment(dsn, port, **settings), stdout=output, stderr=output, text=True
        ) as server,
    ):
        try:
            await asyncio.to_thread(await_ready, f"http://127.0.0.1:{port}/readyz", server)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                yield client, server
            server.send_signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait, PATIENCE)
        finally:
            server.kill()


async def signs_in(client: httpx.AsyncClient, password: str) -> bool:
    payload = (await sign_in(client, "liisa", password)).json()["data"]["signIn"]
    return payload["accessToken"] is not None


def workers_of(server: "subprocess.Popen[str]") -> list[int]:
    """Return the process ids of a server's worker processes."""
    tasks = Path(f"/proc/{server.pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


async def tell(server: "subprocess.Popen[str]", name: str) -> None:
    """Send a signal to a server's worker processes."""
    await asyncio.to_thread(subprocess.run, ["kill", f"-{name}", *map(str, workers_of(server))], check=True)


async def until_at_work(server: "subprocess.Popen[str]") -> None:
    """Wait until a worker runs its own program: if stopped earlier, it blocks the server, which waits for its start."""
    async with asyncio.timeout(PATIENCE):
        while not any(b"old_worker" in command_line(pid) for pid in workers_of(server)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def command_line(pid: int) -> bytes:
    """Return the command line of a process, or nothing after its end."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.mark.parametrize("scheme", STORED)
async def test_expensive_hash_blocks_neither_sign_in_nor_shutdown(
    database: Database, dsn: str, unused_tcp_port: int, tmp_path: Path, scheme: str
) -> None:
    await add_liisa(database, STORED[scheme])
    async with served(dsn, unused_tcp_port, tmp_path / "log") as (client, _):
        changed = await do(client, "passwordChange", {"newPassword": NEW}, await token_of(client, "liisa"))
        assert codes(changed) == []
        assert await signs_in(client, NEW)
    assert "too expensive" in (tmp_path / "log").read_text()


async def test_people_sign_in_while_old_hashes_are_computed(
    database: Database, dsn: str, unused_tcp_port: int, tmp_path: Path
) -> None:
    await add_liisa(database, AT_THE_LIMIT)
    async with served(dsn, unused_tcp_port, tmp_path / "log") as (client, server):
        headers = await token_of(client, "liisa")
        change = asyncio.create_task(do(client, "passwordChange", {"newPassword": NEW}, headers))
        await until_at_work(server)
        await tell(server, "STOP")
        assert await signs_in(client, FORMER)
        await tell(server, "CONT")
        assert codes(await change) == []
        assert await signs_in(client, NEW)


async def test_sigterm_ends_a_server_whose_worker_hangs(
    database: Database, dsn: str, unused_tcp_port: int, tmp_path: Path
) -> None:
    await add_liisa(database, AT_THE_LIMIT)
    asking: asyncio.Task[Payload | BaseException]
    async with served(dsn, unused_tcp_port, tmp_path / "log") as (client, server):
        headers = await token_of(client, "liisa")
        asking = asyncio.create_task(_attempted(client, headers))
        await until_at_work(server)
        workers = workers_of(server)
        await tell(server, "STOP")
    await asking
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []


async def _attempted(client: httpx.AsyncClient, headers: dict[str, str]) -> Payload | BaseException:
    try:
        return await do(client, "passwordChange", {"newPassword": NEW}, headers)
    except (httpx.HTTPError, RuntimeError) as broken:
        return broken
