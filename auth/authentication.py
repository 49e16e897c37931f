"""Turns the secret that a request carries into its viewer, by one short read and never from a cache."""

from auth.tokens import TokenKind, digest
from auth.viewer import NOBODY, Viewer
from models.pool import Pool
from models.reading import Row, fetch
from models.session import VIEWER_BY_ACCESS_TOKEN, VIEWER_BY_COOKIE

_STATEMENTS = {TokenKind.COOKIE: VIEWER_BY_COOKIE, TokenKind.ACCESS: VIEWER_BY_ACCESS_TOKEN}


async def authenticate(pool: Pool, kind: TokenKind, secret: str) -> Viewer:
    """Return the viewer behind a secret of that kind, or NOBODY when it is unknown, expired or revoked.

    Raises DatabaseUnavailableError when the database is away.
    """
    secret_hash = digest(kind, secret)
    if secret_hash is None:
        return NOBODY
    rows = await fetch(pool, _STATEMENTS[kind], secret_hash=secret_hash)
    return viewer_of(rows[0]) if rows else NOBODY


def viewer_of(row: Row) -> Viewer:
    """Return the viewer that a row of the session statement describes."""
    return Viewer(
        account=row,
        session_id=row["session_id"],
        roles=dict(zip(row["organization_ids"] or (), row["roles"] or (), strict=True)),
        staff_roles=frozenset(row["staff_roles"] or ()),
    )
