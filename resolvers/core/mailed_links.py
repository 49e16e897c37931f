"""Lookup of mailed secrets, before the action that consumes them."""

from sqlalchemy import Executable

from auth.tokens import TokenKind, digest
from models.db.clock import seconds
from models.db.query import Row
from resolvers.core.context import RequestContext
from usecases.session.mailed_secret import Link


async def found(context: RequestContext, kind: TokenKind, statement: Executable, token: str) -> tuple[Link, Row] | None:
    """Return the link with that secret and its row; None if it was used or has expired."""
    secret_hash = digest(kind, token)
    if secret_hash is None:
        return None
    rows = await context.fetch(statement, secret_hash=secret_hash, now=seconds())
    return (Link(rows[0]["account_id"], secret_hash), rows[0]) if rows else None
