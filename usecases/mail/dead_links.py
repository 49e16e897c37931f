"""Links that were used, replaced or cancelled while their message waited: such a message would not be true any more."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, digest
from models.mailed_secret import AccountClosure, EmailChange, EmailProof, PasswordReset, SignUp
from models.message import Message, MessageKind
from usecases.mail.enqueue import TOKEN


def _open(kind: type[SignUp | EmailProof | PasswordReset]) -> ColumnElement[bool]:
    return kind.consumed_at.is_(None) & kind.ended_at.is_(None)


_RESET = (TokenKind.PASSWORD_RESET, PasswordReset.secret_hash.expression, _open(PasswordReset))
# Messages that say nothing but "here is your link". A notice or an alarm is news even when its link is dead.
_LINKS: Mapping[str, tuple[TokenKind, ColumnElement[bytes], ColumnElement[bool]]] = MappingProxyType(
    {
        MessageKind.SIGN_UP_CONFIRM: (TokenKind.SIGN_UP, SignUp.secret_hash.expression, _open(SignUp)),
        MessageKind.EMAIL_PROOF: (TokenKind.EMAIL_PROOF, EmailProof.secret_hash.expression, _open(EmailProof)),
        MessageKind.PASSWORD_RESET: _RESET,
        MessageKind.PASSWORD_MISSING: _RESET,
        MessageKind.PASSWORD_VOIDED: _RESET,
        MessageKind.EMAIL_CHANGE_CONFIRM: (
            TokenKind.EMAIL_CHANGE,
            EmailChange.secret_hash.expression,
            EmailChange.confirmed_at.is_(None) & EmailChange.ended_at.is_(None),
        ),
        MessageKind.ACCOUNT_REOPEN: (
            TokenKind.CLOSING_UNDO,
            AccountClosure.undo_hash.expression,
            AccountClosure.undone_at.is_(None) & AccountClosure.erased_at.is_(None),
        ),
    }
)


async def has_dead_link(db: AsyncSession, message: Message) -> bool:
    """Return whether a message holds nothing but a link that opens nothing any more."""
    if message.kind not in _LINKS or message.account_id is None:
        return False
    kind, secret_hash, is_open = _LINKS[message.kind]
    held = digest(kind, (message.secrets or {}).get(TOKEN, ""))
    return await db.scalar(select(secret_hash).where(secret_hash == held, is_open)) is None
