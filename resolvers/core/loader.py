"""Loader by key: all keys requested within two rounds of the event loop are loaded together."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Load: TypeAlias = Callable[[list[Any]], Awaitable[list[Any]]]


class Loader:
    """Loads each key once, batched with the other keys of its level.

    Each waiter is shielded from the shared load. When a non-null field fails, its siblings are cancelled. A cancelled
    sibling would otherwise cancel the load that other branches await, and the whole request would fail.
    """

    __slots__ = ("_gathering", "_load", "_loads")

    def __init__(self, load: Load) -> None:
        """`load` returns the values of several keys, in the order of the keys."""
        self._load = load
        self._loads: dict[Any, asyncio.Task[dict[Any, Any]]] = {}
        self._gathering: tuple[list[Any], asyncio.Task[dict[Any, Any]]] | None = None

    async def load(self, key: Any) -> Any:
        """Return the value of the key; raises the error of its load."""
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
        # graphql-core reaches some fields of a level one round later than the others.
        await asyncio.sleep(0)
        self._gathering = None
        return dict(zip(keys, await self._load(keys), strict=True))
