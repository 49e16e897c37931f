"""Resources that all requests and actions of one process share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.passwords.hashing import PasswordWork
from auth.passwords.old_passwords import OldPasswords
from auth.rate_limiter import RateLimiter
from models.db.errors import is_unavailable, unavailable
from models.db.pool import Pool
from usecases.place import Places


@dataclass(frozen=True, slots=True)
class Resources:
    """Connections, password threads, rate limits and the places of addresses."""

    pool: Pool
    sessions: async_sessionmaker[AsyncSession]
    passwords: PasswordWork
    rate_limiter: RateLimiter = field(default_factory=RateLimiter)
    old_passwords: OldPasswords = field(default_factory=OldPasswords)
    places: Places = field(default_factory=Places)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction: committed at the end, rolled back by any exception. Raises DatabaseUnavailableError."""
        try:
            async with self.sessions.begin() as db:
                yield db
        except Exception as error:
            if is_unavailable(error):
                raise unavailable(error) from error
            raise
