"""A mutation sent undisturbed, sent twice, and sent to a server that is killed: its effect, and that of a retry."""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

import httpx

from tests.faults.contents import Change
from tests.faults.scene import PATIENCE, Scene, Scenes, answered, warm_client
from tests.schema.asking import post
from tests.schema.mutations.mutation_cases import CASES, codes_of


class Servers(Protocol):
    """Starts servers of a database, and kills them."""

    url: str

    def start(self, dsn: str) -> None:
        """Start one."""

    def kill(self) -> None:
        """Kill it immediately."""


@dataclass
class Whole:
    """Effect and answer of an undisturbed mutation, the first time and the second, and its duration in seconds."""

    first: Change
    second: Change
    codes: list[str]
    takes: float


async def whole(scenes: Scenes, servers: Servers, name: str) -> Whole:
    """Send a mutation twice undisturbed, and compare its effect with the declaration of its case."""
    scene = await scenes.of(name)
    servers.start(scene.mortal_dsn)
    async with warm_client(scene, servers.url) as client:
        began = time.monotonic()
        assert codes_of(await post(client, scene.document, headers=scene.headers)) == []
        takes = time.monotonic() - began
        first, after = await scene.since(scene.before)
        codes = codes_of(await post(client, scene.document, headers=scene.headers))
        second, _ = await scene.since(after)
    await end(scene, servers)
    assert tuple(codes) == CASES[name].twice, f"{codes}: say in its MutationCase what happens when {name} is sent twice"
    assert first["audit_entries"] == first["audit_links"] == (0, 1)
    went, came = second.get("accounts", (0, 0))
    assert went == came, "a second account was made"
    return Whole(first, second, codes, takes)


async def killed(scene: Scene, servers: Servers, moment: float) -> httpx.Response | None:
    """Send, and kill the server so many seconds later; the answer may have come before."""
    servers.start(scene.mortal_dsn)
    async with warm_client(scene, servers.url) as client:
        sent = asyncio.create_task(answered(client, scene))
        await asyncio.sleep(moment)
        await end(scene, servers)
        return await sent


async def wrong_with(scene: Scene, servers: Servers, undisturbed: Whole, answer: httpx.Response | None) -> str | None:
    """Return a fault after a server was killed: in its effect, in its answer, or in a retry; None if there is none."""
    happened, after = await scene.since(scene.before)
    if happened not in ({}, undisturbed.first):
        return f"half an action: {happened}"
    if answer is not None and (codes_of(answer), happened) != ([], undisturbed.first):
        return f"an answer that is not true: {answer.text} of {happened}"
    servers.start(scene.mortal_dsn)
    async with httpx.AsyncClient(base_url=servers.url, timeout=PATIENCE) as client:
        codes = codes_of(await post(client, scene.document, headers=scene.headers))
    retried, _ = await scene.since(after)
    await end(scene, servers)
    expected = (undisturbed.second, undisturbed.codes) if happened else (undisturbed.first, [])
    return None if (retried, codes) == expected else f"a retry after {happened} gave {codes} and {retried}"


async def end(scene: Scene, servers: Servers) -> None:
    """Kill the server, and wait until the database has ended its transactions."""
    servers.kill()
    await scene.until_let_go()
