"""Sign-out everywhere by staff: a device is lost, or others may have the account. `signOut` is in session.sign_in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from usecases.account.mailbox import account_with
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session.device import forget_devices
from usecases.session.session import end_all_sessions


async def sign_out_everywhere(db: AsyncSession, actor: Actor, email_key: str, *, now: datetime) -> list[UUID]:
    """End every session of the account with that address, in any status, and return their ids (ASVS 7.4.5).

    The sessions are invalid from the next request on, and the devices are forgotten. The password stays valid, because
    the person signs in again with it. Raises RefusedError NOT_FOUND if no account has the address.
    """
    account = await account_with(db, email_key)
    if account is None:
        raise RefusedError([Refusal(RefusalCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", ("email",))])
    ended = await end_all_sessions(db, account.id, now)
    await forget_devices(db, account.id)
    write_audit(
        db, actor, AuditRecord(Action.SESSION_REVOKE_ALL, account.id, changes={"sessions": list(map(str, ended))})
    )
    return ended
