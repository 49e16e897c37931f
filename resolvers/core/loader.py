"""Loads by key, many keys at once: whatever is asked for within two rounds of the event loop is one load."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Load: TypeAlias = Callable[[list[Any]], Awaitable[list[Any]]]


class Loader:
    """Loads each key once, with the others of its level; the load outlives whoever asked first.

    A field that cannot be null and fails has its siblings stopped. Were one of them to stop a load that another branch
    of the answer waits for as well, the whole request would end in nothing: so each waits behind a shield.
    """

    __slots__ = ("_gathering", "_load", "_loads")

    def __init__(self, load: Load) -> None:
        """Take what returns the values of several keys, in their order."""
        self._load = load
        self._loads: dict[Any, asyncio.Task[dict[Any, Any]]] = {}
        self._gathering: tuple[list[Any], asyncio.Task[dict[Any, Any]]] | None = None

    async def load(self, key: Any) -> Any:
        """Return the value of the key; raises what the load of it raised."""
        loading = self._loads.get(key)
        if loading is None:
            if self._gathering is None:
                keys: list[Any] = []
                self._gathering = keys, asyncio.create_task(self._run(keys))
            keys, loading = self._gathering
            keys.append(key)
            self._loads[key] = loading
        return (await asyncio.shield(loading))[key]

    async def _run(self, keys: list[Any]) -> dict[Any, Any]:
        # graphql-core comes to some fields of a level a round later than to the others.
        await asyncio.sleep(0)
        self._gathering = None
        return dict(zip(keys, await self._load(keys), strict=True))
