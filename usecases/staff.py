"""Staff roles: given on the command line only, to people who have an account of their own."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.account import Account, AccountStatus
from models.staff import StaffGrant, StaffRole
from usecases.deed import Author, Deed, record
from usecases.refusal import Refusal, RefusalCode, RefusedError


async def grant_staff_role(session: AsyncSession, author: Author, email_key: str, role: StaffRole) -> bool:
    """Give an active account a staff role; return False when it has the role already.

    Raises RefusedError NOT_FOUND when no active account has that e-mail.
    """
    account = await session.scalar(
        select(Account)
        .where(Account.email_key == email_key, Account.status == AccountStatus.ACTIVE)
        .with_for_update(key_share=True)
    )
    if account is None:
        raise RefusedError([Refusal(RefusalCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", ("email",))])
    live = StaffGrant.revoked_at.is_(None)
    if await session.scalar(
        select(StaffGrant).where(StaffGrant.account_id == account.id, StaffGrant.role == role, live)
    ):
        return False
    session.add(StaffGrant(account_id=account.id, role=role, granted_by=author.name or "unknown"))
    record(session, author, Deed("staff.grant", account.id, changes={"role": role}))
    await session.flush()
    return True
