"""Finds what a mailed secret is for, before the transaction that consumes it."""

from sqlalchemy import Executable

from auth.tokens import TokenKind, digest
from models.db.query import Row
from usecases.gate import Gate
from usecases.session.mailed_secret import Link, link_invalid


async def require_link(gate: Gate, kind: TokenKind, statement: Executable, token: str) -> Link:
    """Return the link behind a secret of that kind; a refusal is recorded of its account from now on.

    Raises RefusedError TOKEN_INVALID when the secret can no longer be used.
    """
    found = await find_link(gate, kind, statement, token)
    if found is None:
        raise link_invalid()
    link, _ = found
    gate.subject_id = link.account_id
    return link


async def find_link(gate: Gate, kind: TokenKind, statement: Executable, token: str) -> tuple[Link, Row] | None:
    """Return the link behind a secret of that kind and its row, if it can still be used."""
    secret_hash = digest(kind, token)
    if secret_hash is None:
        return None
    rows = await gate.fetch(statement, secret_hash=secret_hash, now=gate.clock().timestamp())
    return (Link(rows[0]["account_id"], secret_hash), rows[0]) if rows else None
