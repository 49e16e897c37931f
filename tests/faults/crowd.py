"""Crowd: people who read and write continuously while a fault is injected, and a record of their answers."""

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
PATIENCE = 30  # seconds until all are served again
PAUSE = 0.02  # seconds between one person's requests, so that a small machine has time for the database too
HEADER, VALUE = (part.decode() for part in RETRY_LATER[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its person, its times, and whether it was given or deferred with advice to retry."""

    who: str
    asked: float
    had: float
    given: bool


@dataclass
class Crowd:
    """All answers, the names that each writer was told are stored, and answers of a wrong kind."""

    answers: list[Answer] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    goes_on: bool = True

    def put_off(self, who: str = "") -> int:
        """Return the number of deferred answers, of one person or of all."""
        return sum(not answer.given for answer in self.answers if who in ("", answer.who))

    def recovery(self, since: float) -> float:
        """Return the seconds from that moment until the last deferred answer after it."""
        return max(
            (answer.had - since for answer in self.answers if not answer.given and answer.had > since), default=0
        )

    async def served_again(self, since: float, everybody: set[str] | None = None) -> None:
        """Wait until everybody has an answer to a request sent after that moment."""
        everybody = everybody or {answer.who for answer in self.answers}
        async with asyncio.timeout(PATIENCE):
            while self._served(since) != everybody:
                assert self.wrong == []
                await asyncio.sleep(0.01)

    def _served(self, since: float) -> set[str]:
        return {answer.who for answer in self.answers if answer.given and answer.asked > since}

    async def ask(self, client: httpx.AsyncClient, who: str, query: str, **variables: object) -> dict[str, Any] | None:
        """Return the answer, or None if it was deferred; record an answer of any other kind as wrong."""
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
    """A member of the crowd: the name, the access token if any, and the requests."""

    who: str
    token: str | None
    does: Does


def asking_on(query: str) -> Does:
    """Return a function that repeats the same query until the crowd ends."""

    async def ask_on(crowd: Crowd, client: httpx.AsyncClient, who: str) -> None:
        while crowd.goes_on:
            await crowd.ask(client, who, query)
            await asyncio.sleep(PAUSE)

    return ask_on


read_on = asking_on(READ)


async def write_on(crowd: Crowd, client: httpx.AsyncClient, who: str) -> None:
    """Change one's own name until the crowd ends, each time from the present version."""
    acknowledged = crowd.acknowledged.setdefault(who, [])
    while crowd.goes_on:
        # The version is read each time, because a deferred change may have been written.
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
    """Run everybody inside the block; requests under way at its end are awaited."""
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
