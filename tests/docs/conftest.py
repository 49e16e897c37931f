"""The demo as `make run` serves it, for the examples of the documentation."""

import asyncio
import os
from collections.abc import Callable, Iterator

import asyncpg
import pytest

from tests.conftest import to_database
from tests.docs.examples import Served
from tests.faults.serve_command import ServeCommands


@pytest.fixture(scope="session")
def served(server_dsn: str, unused_tcp_port_factory: Callable[[], int]) -> Iterator[Served]:
    """Serve the demo on a database of its own, as `make run` does."""
    name = f"test_examples_{os.getpid()}"
    asyncio.run(_execute(server_dsn, f'CREATE DATABASE "{name}" TEMPLATE template0'))
    served = Served(unused_tcp_port_factory(), to_database(server_dsn, name))
    try:
        with ServeCommands(served.port, OMAPOSTI_DEMO="1") as commands:
            commands.start(served.dsn)
            yield served
    finally:
        asyncio.run(_execute(server_dsn, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
