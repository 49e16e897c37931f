"""Authentication: one short read turns the secret of a request into its viewer; nothing is cached."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Executable

from auth.tokens import TokenKind, digest
from auth.viewer import NOBODY, AccountViewer, Viewer
from models.db.clock import seconds
from models.db.errors import DatabaseUnavailableError
from models.db.pool import ConnectionSource
from models.db.query import Row, fetch
from models.session import (
    LIVE_SESSIONS,
    SESSION_OF_PAST_TOKEN,
    TOUCH_SESSION,
    VIEWER_BY_ACCESS_TOKEN,
    VIEWER_BY_COOKIE,
    VIEWERS_BY_SECRETS,
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A kind of secret that proves a caller: the statement that finds it, and the viewer that its row describes."""

    statement: Executable
    viewer_of: Callable[[Row], Viewer]


async def authenticate(pool: ConnectionSource, kind: TokenKind, secret: str) -> Viewer:
    """Return the viewer behind a secret of that kind, or NOBODY when it is unknown, expired or revoked.

    People, staff and services are told apart by the kind of their secret; there is no second way in.
    Raises DatabaseUnavailableError when the database is away.
    """
    secret_hash = digest(kind, secret)
    if secret_hash is None:
        return NOBODY
    credential = CREDENTIALS[kind]
    rows = await fetch(pool, credential.statement, secret_hash=secret_hash, now=seconds())
    if not rows:
        return NOBODY
    viewer = credential.viewer_of(rows[0])
    if isinstance(viewer, AccountViewer) and rows[0]["session_needs_touch"]:
        await _touch_session(pool, rows[0]["session_id"])
    return viewer


async def refresh_mends(pool: ConnectionSource, secret: str) -> bool:
    """Return whether an access token without a viewer has expired or been replaced while its session goes on.

    Only the device that was given the token learns this; a forged token gets no answer. Raises DatabaseUnavailableError
    when the database is away.
    """
    secret_hash = digest(TokenKind.ACCESS, secret)
    if secret_hash is None:
        return False
    return bool(await fetch(pool, SESSION_OF_PAST_TOKEN, secret_hash=secret_hash, now=seconds()))


async def authenticate_all(pool: ConnectionSource, secret_hashes: Collection[bytes]) -> dict[bytes, AccountViewer]:
    """Return the viewers of open connections by the hashes of their secrets, as `authenticate` would, by one read.

    An open connection does not count as a use of its session. Raises DatabaseUnavailableError when the database is
    away.
    """
    rows = await fetch(pool, VIEWERS_BY_SECRETS, secret_hashes=list(secret_hashes), now=seconds())
    return {row["secret_hash"]: viewer_of(row) for row in rows}


async def live_sessions(pool: ConnectionSource, session_ids: Collection[UUID]) -> set[UUID]:
    """Return which of the sessions go on, even if their secrets have been replaced; raises DatabaseUnavailableError."""
    rows = await fetch(pool, LIVE_SESSIONS, ids=list(session_ids), now=seconds())
    return {row["session_id"] for row in rows}


def viewer_of(row: Row) -> AccountViewer:
    """Return the viewer that a row of the session statement describes."""
    roles = dict(zip(row["organization_ids"], row["roles"], strict=True))
    staff_roles, tasks, fresh = frozenset(row["staff_roles"]), tuple(row["tasks"]), row["session_fresh"]
    return AccountViewer(row, row["session_id"], row["session_transport"], roles, staff_roles, tasks, fresh)


# A service's credential will be one more line.
CREDENTIALS: dict[TokenKind, Credential] = {
    TokenKind.COOKIE: Credential(VIEWER_BY_COOKIE, viewer_of),
    TokenKind.ACCESS: Credential(VIEWER_BY_ACCESS_TOKEN, viewer_of),
}


async def _touch_session(pool: ConnectionSource, session_id: UUID) -> None:
    """Date the session's last use. If the database cannot write now, the request goes on without."""
    with suppress(DatabaseUnavailableError):
        await fetch(pool, TOUCH_SESSION, session_id=session_id, now=seconds())
