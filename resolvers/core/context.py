"""Context of one request, which every resolver gets: viewer, database access, loaders."""

from collections.abc import AsyncIterator, Awaitable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from auth.viewer import NOBODY, Viewer
from models.account import Language
from models.db import query
from models.db.pool import ConnectionSource
from resolvers.core.cookies import Cookies
from resolvers.core.live_viewer import LiveViewer
from resolvers.core.loader import Load, Loader
from usecases.audit.audit_record import Actor
from usecases.resources import Resources


@dataclass(slots=True)
class RequestContext:
    """State of one request: its viewer, its cookies, its loaders.

    Signing in or out changes the viewer and clears the loaders; otherwise the new viewer could read the former one's
    rows. Reads take their connection from `connection_source`, or from the shared pool without one.
    """

    resources: Resources
    viewer: Viewer = NOBODY
    request_id: str | None = None
    address: str | None = None
    language: Language = Language.FI
    user_agent: str | None = None
    cookies: Cookies = field(default_factory=Cookies)
    live_viewer: LiveViewer | None = None
    connection_source: ConnectionSource | None = None
    _loaders: dict[Hashable, Loader] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Return the caller as audit records name them."""
        return Actor(
            self.viewer,
            request_id=self.request_id,
            address=self.address,
            user_agent=self.user_agent,
            device=self.cookies.device,
        )

    def fetch(self, statement: Executable, **parameters: Any) -> Awaitable[list[query.Row]]:
        """Run one read; see `models.db.query.fetch`."""
        return query.fetch(self.connection_source or self.resources.pool, statement, **parameters)

    def loader(self, key: Hashable, load: Load) -> Loader:
        """Return this request's loader for a key; one load serves all the keys of one level."""
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = Loader(load)
        return loader

    def change_viewer(self, viewer: Viewer) -> None:
        """Continue as another viewer, and forget all rows that the former one loaded."""
        self.viewer = viewer
        self.forget_loaded()

    def forget_loaded(self) -> None:
        """Clear the loaders, so that later fields read the database again."""
        self._loaders.clear()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open the transaction of one action: commit at the end, roll back on any exception, clear the loaders."""
        try:
            async with self.resources.transaction() as db:
                yield db
        finally:
            self.forget_loaded()
