"""People who read and write without pause while a fault is injected, and what becomes of what they were told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from server.http.responses import RETRY_LATER
from tests.schema.asking import post

READ = "{ me { version displayName memberships(first: 5) { nodes { role } } } }"
VERSION = "{ me { version } }"
WRITE = """mutation($version: Int!, $name: String!) { profileUpdate(input: {version: $version, givenName: $name}) {
  account { version } userErrors { code } } }"""
AWAY = {"UNAVAILABLE", "TIMEOUT"}
PATIENCE = 30  # seconds until everybody is served again
PAUSE = 0.02  # seconds between one's requests, so that a small machine has time for the database too
HEADER, VALUE = (part.decode() for part in RETRY_LATER[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: whose, when asked and had, and whether it was given or put off with the advice to try again."""

    who: str
    asked: float
    had: float
    given: bool


@dataclass
class Crowd:
    """All answers, the names that each writer was told are written down, and answers that nobody may get."""

    answers: list[Answer] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    goes_on: bool = True

    def put_off(self, who: str = "") -> int:
        """Return how many answers, to one of them or to all, were the advice to try again."""
        return sum(not answer.given for answer in self.answers if who in ("", answer.who))

    def recovery(self, since: float) -> float:
        """Return the seconds from that moment until the last answer since that put somebody off."""
        return max(
            (answer.had - since for answer in self.answers if not answer.given and answer.had > since), default=0
        )

    async def served_again(self, since: float, everybody: set[str] | None = None) -> None:
        """Wait until everybody has been given something asked for after that moment."""
        everybody = everybody or {answer.who for answer in self.answers}
        async with asyncio.timeout(PATIENCE):
            while self._served(since) != everybody:
                assert self.wrong == []
                await asyncio.sleep(0.01)

    def _served(self, since: float) -> set[str]:
        return {answer.who for answer in self.answers if answer.given and answer.asked > since}

    async def ask(self, client: httpx.AsyncClient, who: str, query: str, **variables: object) -> dict[str, Any] | None:
        """Return what was answered, None when it was put off, and note an answer of any other kind as wrong."""
        asked = time.monotonic()
        try:
            response = await post(client, query, variables)
        except httpx.TransportError as error:
            self.wrong.append(f"{who}: no answer but {error!r}")
            return None
        said = response.json()
        codes = {error["extensions"]["code"] for error in said.get("errors", ())}
        put_off = response.status_code == 503 and response.headers.get(HEADER) == VALUE
        if codes - AWAY or response.status_code != (503 if put_off else 200) or put_off != ("data" not in said):
            self.wrong.append(f"{who}: {response.status_code} {response.text}")
        self.answers.append(Answer(who, asked, time.monotonic(), not codes))
        data: dict[str, Any] = said.get("data") or {}
        return None if codes else data


Does: TypeAlias = Callable[[Crowd, httpx.AsyncClient, str], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who takes part: by what name, with which access token or none, and doing what."""

    who: str
    token: str | None
    does: Does


def asking_on(query: str) -> Does:
    """Return asking the same as long as the crowd goes on."""

    async def ask_on(crowd: Crowd, client: httpx.AsyncClient, who: str) -> None:
        while crowd.goes_on:
            await crowd.ask(client, who, query)
            await asyncio.sleep(PAUSE)

    return ask_on


read_on = asking_on(READ)


async def write_on(crowd: Crowd, client: httpx.AsyncClient, who: str) -> None:
    """Change one's own name as long as the crowd goes on, each time from the version that is there."""
    acknowledged = crowd.acknowledged.setdefault(who, [])
    while crowd.goes_on:
        # Asked again each time: what was put off may have been written all the same.
        me = await crowd.ask(client, who, VERSION)
        if me is not None:
            name = f"Nimi {time.monotonic_ns()}"
            said = await crowd.ask(client, who, WRITE, version=me["me"]["version"], name=name)
            if said is not None and said["profileUpdate"]["userErrors"]:
                crowd.wrong.append(f"{who}: {said}")
            elif said is not None:
                acknowledged.append(name)
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def crowd(url: str, people: list[Person]) -> AsyncIterator[Crowd]:
    """Let everybody go on inside the block; what is under way at its end is waited for."""
    together = Crowd()
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as going:
        for person in people:
            headers = {"Authorization": f"Bearer {person.token}"} if person.token else {}
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE))
            going.create_task(person.does(together, client, person.who))
        try:
            await together.served_again(0, {person.who for person in people})
            yield together
        finally:
            together.goes_on = False
