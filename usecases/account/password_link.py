"""Links to set a password: as somebody asked for, or as the owner needs after the password became void."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, issue
from models.account import Account
from models.db.clock import now
from models.message import Letter
from models.proof import PasswordReset
from usecases.mail.post import TOKEN, post, recipient
from usecases.session.proof import supersede

LIFETIME = timedelta(hours=1)
# An account without a password is shut until its owner sets one. The link is all that they have, and a stranger who
# asks for another must not shorten it; nothing is at stake meanwhile, because nobody can sign in.
LIFETIME_WITHOUT_PASSWORD = timedelta(days=1)


async def send_reset(session: AsyncSession, account: Account) -> None:
    """Mail the link that somebody asked for; its message says so if the account has no password to keep."""
    letter = Letter.PASSWORD_MISSING if account.password_hash is None else Letter.PASSWORD_RESET
    await _send(session, account, letter)


async def send_after_voiding(session: AsyncSession, account: Account) -> None:
    """Mail the owner the link that they need, because their password has just been made void."""
    await _send(session, account, Letter.PASSWORD_VOIDED)


async def _send(session: AsyncSession, account: Account, letter: Letter) -> None:
    """Mail a link, good until the password or the address changes; it ends the former one."""
    secret, secret_hash = issue(TokenKind.PASSWORD_RESET)
    await supersede(session, PasswordReset, account.id)
    expires_at = now() + (LIFETIME if account.password_hash is not None else LIFETIME_WITHOUT_PASSWORD)
    session.add(
        PasswordReset(
            account_id=account.id,
            email_key=account.email_key,
            password_set_at=account.password_set_at,
            secret_hash=secret_hash,
            created_at=now(),
            expires_at=expires_at,
        )
    )
    post(session, letter, recipient(account), {"until": expires_at.isoformat()}, {TOKEN: secret})
