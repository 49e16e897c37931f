"""`omaposti staff …`: grants and revokes staff roles; only at a terminal of the machine, never over the API."""

import json
from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Protocol

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from models.db.clock import now
from models.staff import StaffRole
from server.cli.common import email_key, in_database, operator
from server.config.errors import CommandFailedError
from server.db.database import Database
from usecases.account.staff import StaffMember, grant_staff_role, revoke_staff_role, staff_members
from usecases.audit.audit_record import Actor
from usecases.refusal import RefusedError

staff = typer.Typer(no_args_is_help=True, help="The post's own people and their roles.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Email = Annotated[str, typer.Argument(help="The e-mail address of the account.")]
Role = Annotated[StaffRole, typer.Argument(help="The role.")]


class Change(Protocol):
    """Gives or takes a role; False when there was nothing to change."""

    def __call__(
        self, db: AsyncSession, actor: Actor, email_key: str, role: StaffRole, *, now: datetime
    ) -> Awaitable[bool]: ...


@staff.command("grant")
def staff_grant(email: Email, role: Role, as_json: AsJson = False) -> None:
    """Give an active account a staff role."""
    granted = _changed(
        grant_staff_role,
        email,
        role,
        f"no active account has the e-mail {email}; its owner signs up and confirms it first",
    )
    if as_json:
        typer.echo(json.dumps({"email": email_key(email), "role": role, "granted": granted}))
    else:
        typer.echo(f"{email} has the role {role.value} now." if granted else f"{email} had the role {role} already.")


@staff.command("revoke")
def staff_revoke(email: Email, role: Role, as_json: AsJson = False) -> None:
    """Revoke a staff role; the account loses it with its next request."""
    revoked = _changed(
        revoke_staff_role, email, role, f"no account has the e-mail {email}; `omaposti staff list` shows who has a role"
    )
    if as_json:
        typer.echo(json.dumps({"email": email_key(email), "role": role, "revoked": revoked}))
    else:
        typer.echo(f"{email} no longer has the role {role}." if revoked else f"{email} did not have the role {role}.")


@staff.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """List all staff roles, with the person who granted each and the time."""

    async def work(opened: Database) -> list[StaffMember]:
        async with opened.sessions() as db:
            return await staff_members(db)

    members = in_database(work)
    for member in members:
        typer.echo(_as_json(member) if as_json else _as_line(member))
    if not members and not as_json:
        typer.echo("Nobody has a staff role; `omaposti staff grant EMAIL ROLE` gives one.", err=True)


def _changed(change: Change, email: str, role: StaffRole, not_found: str) -> bool:
    """Grant or revoke a role; raises CommandFailedError with the text `not_found` when there is no such account."""
    key = email_key(email)

    async def work(opened: Database) -> bool:
        async with opened.sessions.begin() as db:
            return await change(db, operator(), key, role, now=now())

    try:
        return in_database(work)
    except RefusedError as refused:
        raise CommandFailedError(not_found) from refused


def _as_json(member: StaffMember) -> str:
    shown = {
        "email": member.email,
        "displayName": member.display_name,
        "accountStatus": member.status,
        "role": member.role,
        "grantedBy": member.granted_by,
        "grantedAt": member.granted_at.isoformat(),
    }
    return json.dumps(shown, ensure_ascii=False)


def _as_line(member: StaffMember) -> str:
    since = member.granted_at.strftime("%Y-%m-%d %H:%M UTC")
    return "\t".join([str(member.email), member.role, member.status, since, member.granted_by])
