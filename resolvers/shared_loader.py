"""A data loader whose loads survive the one who asked first."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from strawberry.dataloader import DataLoader


class SharedLoader(DataLoader[Any, Any]):
    """Lets everybody who asks for a key wait for herself.

    A field that cannot be null and fails has its siblings stopped. Were one of them to wait for the very future that
    another branch of the answer waits for, that would be stopped with it, and the whole request would end in nothing.
    """

    def load(self, key: Any) -> Awaitable[Any]:
        """Return what to await for the value of that key."""
        return asyncio.shield(super().load(key))
