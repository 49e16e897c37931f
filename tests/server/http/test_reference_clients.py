"""Reference test suites: the audits of GraphQL over HTTP, and the client of graphql-transport-ws."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from server.db.database import Database
from tests.cast import Cast, add_cast

NODE = Path(__file__).parent / "node"
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (NODE / "node_modules").exists(),
    reason="needs Node and `npm ci --prefix tests/server/http/node`",
)


async def run(script: str, *arguments: str) -> str:
    """Run a script of ours under Node and return what it prints."""
    command = ["node", str(NODE / script), *arguments]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    return ran.stdout + ran.stderr


async def test_all_audits_of_graphql_over_http_are_ok(url: str) -> None:
    assert await run("audit.mjs", f"{url}/graphql") == "61 of 61\n"


async def test_reference_client_is_told_of_the_end_of_its_session(url: str, database: Database) -> None:
    await add_cast(database)
    async with httpx.AsyncClient(base_url=url) as client:
        cast = Cast(client)
        await cast.sign_in("member")
    printed = await run("subscribe.mjs", f"{url.replace('http', 'ws')}/graphql", cast.tokens["member"])
    me = '{"data":{"me":{"email":"member@demo.example"}}}'
    assert printed.splitlines() == [
        me,
        me,
        '"GRAPHQL_VALIDATION_FAILED"',
        '{"data":{"signOut":{"userErrors":[]}}}',
        '{"data":{"sessionEnded":{"__typename":"SessionEnd"}}}',
        "[4401]",
    ]
