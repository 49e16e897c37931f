"""A person closes her account: every sign-in ends at once, and for thirty days a mailed link undoes it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import TokenKind, digest, issue
from models.account import Account, AccountStatus
from models.membership import ADMINISTRATORS_OF_ORGANIZATION, Membership, MembershipStatus, Role
from models.message import Letter
from models.organization import Organization, OrganizationStatus
from models.proof import AccountClosure, EmailProof, PasswordReset, SignUp
from usecases.clock import now
from usecases.deed import Author, Deed, record
from usecases.mailbox import recipient
from usecases.password_link import send_after_voiding
from usecases.post import TOKEN, post
from usecases.proof import end_email_changes, link_invalid, supersede
from usecases.refusal import Refusal, RefusalCode, RefusedError
from usecases.session import end_all_sessions, require_fresh

GRACE = timedelta(days=30)  # from the closing to the erasure; until then nothing of hers is lost


async def close_account(session: AsyncSession, author: Author, *, vacate: bool) -> datetime:
    """Close the author's account and return when it will be erased.

    `vacate` says that organizations may be left without an administrator, which is her right (GDPR, article 17).
    Raises RefusedError REAUTHENTICATION_REQUIRED, SESSION_ENDED when the account is closed already, or
    WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR unless she insists.
    """
    require_fresh(author.viewer)
    left = await _left_without_administrator(session, author.viewer.account_id)
    account = await session.get_one(Account, author.viewer.account_id, with_for_update=True)
    if account.status is not AccountStatus.ACTIVE:
        raise RefusedError([Refusal(RefusalCode.SESSION_ENDED, "SESSION_ENDED")])
    if left and not vacate:
        raise RefusedError([_last_administrator_of(left)])
    for organization in left:
        organization.status = OrganizationStatus.ADMINISTRATOR_VACANT
        organization.version += 1
    account.status, account.version = AccountStatus.CLOSED, account.version + 1
    await _end_what_is_open(session, account.id)
    erase_after = _begin_grace(session, account)
    vacated = [str(organization.id) for organization in left]
    changes = {"erase_after": erase_after.isoformat(), "organizations_vacated": vacated}
    record(session, author, Deed("account.close", account.id, changes=changes))
    await session.flush()
    return erase_after


async def undo_closing(session: AsyncSession, author: Author, token: str) -> None:
    """Open an account again by the link that was mailed when it was closed; it signs nobody in.

    Organizations that it left without an administrator have theirs back, unless they found another meanwhile. If the
    password became void meanwhile, a link to set a new one is mailed. Raises RefusedError TOKEN_INVALID when the link
    was used, is too late, or is none of ours.
    """
    undone = (
        update(AccountClosure)
        .where(
            AccountClosure.undo_hash == digest(TokenKind.CLOSING_UNDO, token),
            AccountClosure.undone_at.is_(None),
            AccountClosure.erased_at.is_(None),
            AccountClosure.erase_after > now(),
        )
        .values(undone_at=now())
        .returning(AccountClosure.account_id)
    )
    account_id = await session.scalar(undone)
    if account_id is None:
        raise link_invalid()
    vacant = await _administered(session, account_id, OrganizationStatus.ADMINISTRATOR_VACANT)
    account = await session.get_one(Account, account_id, with_for_update=True)
    account.status, account.version = AccountStatus.ACTIVE, account.version + 1
    await session.flush()
    effective = await _with_administrator(session, [organization.id for organization in vacant])
    for organization in vacant:
        if organization.id in effective:
            organization.status = OrganizationStatus.ACTIVE
            organization.version += 1
    if account.password_hash is None:
        await send_after_voiding(session, account)
    record(session, author, Deed("account.closeUndo", account_id))
    await session.flush()


async def mail_undo_anew(session: AsyncSession, account: Account) -> None:
    """Mail a new link that opens a closed account again, to the address that it has now; the former link is worthless.

    For an owner who lost the first link, or whose account was closed by a thief: then the first link went to the
    thief's address.
    """
    secret, secret_hash = issue(TokenKind.CLOSING_UNDO)
    renewed = (
        update(AccountClosure)
        .where(
            AccountClosure.account_id == account.id,
            AccountClosure.undone_at.is_(None),
            AccountClosure.erased_at.is_(None),
            AccountClosure.erase_after > now(),
        )
        .values(undo_hash=secret_hash)
        .returning(AccountClosure.erase_after)
    )
    erase_after = await session.scalar(renewed)
    if erase_after is not None:
        _mail_undo(session, account, Letter.ACCOUNT_REOPEN, erase_after, secret)


async def _left_without_administrator(session: AsyncSession, account_id: UUID | None) -> list[Organization]:
    organizations = await _administered(session, account_id, OrganizationStatus.ACTIVE)
    others = await _with_administrator(session, [organization.id for organization in organizations], account_id)
    return [organization for organization in organizations if organization.id not in others]


async def _administered(
    session: AsyncSession, account_id: UUID | None, status: OrganizationStatus
) -> list[Organization]:
    """Lock and return the organizations in that state that an account administers.

    Locked before anything else and in one order, so that of two administrators who go at the same instant the second
    sees that the first has gone.
    """
    administered = (
        select(Organization)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(
            Membership.account_id == account_id,
            Membership.role == Role.ADMINISTRATOR,
            Membership.status == MembershipStatus.ACTIVE,
            Organization.status == status,
        )
        .order_by(Organization.id)
        .with_for_update(of=Organization)
    )
    return list(await session.scalars(administered))


async def _with_administrator(
    session: AsyncSession, organization_ids: list[UUID], but: UUID | None = None
) -> frozenset[UUID]:
    """Return those of the organizations that have an effective administrator, other than the account `but`."""
    effective = ADMINISTRATORS_OF_ORGANIZATION.statement.with_only_columns(Membership.organization_id).where(
        Membership.organization_id.in_(organization_ids), Membership.account_id.is_distinct_from(but)
    )
    return frozenset(await session.scalars(effective))


def _last_administrator_of(organizations: list[Organization]) -> Refusal:
    names = ", ".join(organization.name for organization in organizations)
    code = RefusalCode.WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR
    return Refusal(code, "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR", facts={"organizations": names})


async def _end_what_is_open(session: AsyncSession, account_id: UUID) -> None:
    """End every session, and every link on its way: none may outlive the closing and work again after it is undone."""
    await end_all_sessions(session, account_id)
    for links in (SignUp, EmailProof, PasswordReset):
        await supersede(session, links, account_id)
    await end_email_changes(session, account_id)


def _begin_grace(session: AsyncSession, account: Account) -> datetime:
    """Date the erasure and mail the link that undoes the closing; return when the erasure is due."""
    secret, secret_hash = issue(TokenKind.CLOSING_UNDO)
    erase_after = now() + GRACE
    session.add(AccountClosure(account_id=account.id, undo_hash=secret_hash, closed_at=now(), erase_after=erase_after))
    _mail_undo(session, account, Letter.ACCOUNT_CLOSED, erase_after, secret)
    return erase_after


def _mail_undo(session: AsyncSession, account: Account, letter: Letter, erase_after: datetime, secret: str) -> None:
    post(session, letter, recipient(account), {"until": erase_after.isoformat()}, {TOKEN: secret})
