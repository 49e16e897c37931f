"""States of a person's account, and actions through the API that enqueue a message."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from sqlalchemy import delete, select, update

from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.mailed_secret import AccountClosure
from models.membership import Membership, MembershipStatus, Role
from models.message import Message, MessageStatus
from models.organization import IdentifierScheme, Organization, OrganizationStatus
from models.session import Session
from server.db.database import Database
from server.jobs.erasure import erase_due
from tests.schema.asking import add_person, sign_in
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.account.own_account import PASSWORD as NEW_PASSWORD
from tests.schema.mutations.account.own_account import Payload, codes, do
from tests.schema.mutations.session.session_facts import alive, refresh
from usecases.account.undeliverable import record_bounces
from usecases.demo import PASSWORD
from usecases.mail.bounce import Bounce
from usecases.mail.message_kind import MessageKind

LIISA, OTHER, MOVED = "liisa@posti.example", "muu@posti.example", "liisa@muualla.example"


@dataclass
class Scene:
    """Liisa, whose account is in a certain state before the action, and a second person."""

    client: httpx.AsyncClient
    database: Database
    own: dict[str, str] | None = None
    email: str = LIISA

    async def do(self, mutation: str, given: Payload, headers: dict[str, str] | None = None) -> list[str]:
        """Return the codes of a mutation's refusals."""
        return codes(await do(self.client, mutation, given, headers))

    async def session(self, email: str = LIISA, password: str = PASSWORD) -> dict[str, str]:
        """Sign in as an app does, and return the header of its requests."""
        signed_in = (await sign_in(self.client, email, password)).json()["data"]["signIn"]
        assert signed_in["userErrors"] == []
        return {"Authorization": f"Bearer {signed_in['accessToken']}"}

    async def opens(self, password: str, email: str | None = None) -> bool:
        """Return whether a password signs in."""
        signed_in = (await sign_in(self.client, email or self.email, password)).json()["data"]["signIn"]
        return signed_in["account"] is not None

    async def lives(self, headers: dict[str, str] | None) -> bool:
        """Return whether a session lives."""
        return headers is not None and await alive(self.client, headers)

    async def any_session(self) -> bool:
        """Return whether any session of the account lives."""
        account = await self.account()
        async with self.database.sessions() as db:
            live = select(Session.id).where(Session.account_id == account.id, Session.ended_at.is_(None))
            return (await db.scalars(live)).first() is not None

    async def account(self) -> Account:
        """Return Liisa's account as it is now."""
        async with self.database.sessions() as db:
            found = select(Account).where(Account.email_key.in_((LIISA, MOVED))).order_by(Account.id)
            return (await db.scalars(found)).one()

    async def link(self, kind: MessageKind) -> str:
        """Return the secret of the newest message of that kind."""
        return (await tokens(self.database, kind))[-1]

    async def enqueued(self) -> list[tuple[str, str]]:
        """Return the kind and the address of every message, oldest first."""
        async with self.database.sessions() as db:
            rows = await db.execute(select(Message.kind, Message.email).order_by(Message.id))
            return [(kind, email) for kind, email in rows]


Step = Callable[[Scene], Awaitable[None]]


async def nobody(_: Scene) -> None:
    """No account has the address."""


async def unverified(scene: Scene) -> None:
    """Somebody signed up with the address and nobody confirmed it."""
    given = {"email": LIISA, "password": NEW_PASSWORD, "displayName": "Liisa"}
    assert await scene.do("signUp", given) == []


async def prepared(scene: Scene) -> None:
    """An import has prepared the account."""
    await add_person(scene.database, LIISA, None, AccountStatus.PENDING)


async def active(scene: Scene) -> None:
    """Liisa uses the account on one device."""
    await add_person(scene.database, LIISA)
    scene.own = await scene.session()


async def unproven(scene: Scene) -> None:
    """The account is active and its address has not been confirmed."""
    await active(scene)
    async with scene.database.sessions.begin() as db:
        await db.execute(delete(EmailConfirmation).where(EmailConfirmation.email_key == LIISA))


async def voided(scene: Scene) -> None:
    """Liisa answered an alarm: the account is active and has no password."""
    await active(scene)
    await scene.session()
    assert await scene.do("accountSecure", {"token": await scene.link(MessageKind.SIGNED_IN_FROM_NEW_DEVICE)}) == []


async def suspended(scene: Scene) -> None:
    """Staff suspended the account."""
    await active(scene)
    async with scene.database.sessions.begin() as db:
        found = update(Account).where(Account.email_key == LIISA)
        await db.execute(found.values(status=AccountStatus.SUSPENDED))


async def closed(scene: Scene) -> None:
    """The account is closed and can be opened again."""
    await active(scene)
    await close(scene)


async def moved(scene: Scene) -> None:
    """The address of the account was changed."""
    await active(scene)
    await change_address(scene)


async def moved_and_closed(scene: Scene) -> None:
    """A thief changed the address and closed the account."""
    await moved(scene)
    await close(scene)


async def moved_and_suspended(scene: Scene) -> None:
    """The address of the account was changed, and staff suspended it."""
    await moved(scene)
    async with scene.database.sessions.begin() as db:
        found = update(Account).where(Account.email_key == MOVED)
        await db.execute(found.values(status=AccountStatus.SUSPENDED))


async def alarmed(scene: Scene) -> None:
    """A thief has signed in on a new device."""
    await active(scene)
    await scene.session()


async def alarmed_and_closed(scene: Scene) -> None:
    """A thief has signed in on a new device and closed the account."""
    await alarmed(scene)
    await close(scene)


async def alarmed_and_suspended(scene: Scene) -> None:
    """A thief has signed in on a new device, and staff suspended the account."""
    await alarmed(scene)
    async with scene.database.sessions.begin() as db:
        found = update(Account).where(Account.email_key == LIISA)
        await db.execute(found.values(status=AccountStatus.SUSPENDED))


async def closed_and_voided(scene: Scene) -> None:
    """The account was closed, and then Liisa answered an earlier alarm."""
    await alarmed_and_closed(scene)
    await answer_alarm(scene)


async def sign_up(scene: Scene) -> None:
    """Somebody signs up with the address."""
    given = {"email": LIISA, "password": NEW_PASSWORD, "displayName": "Joku"}
    assert await scene.do("signUp", given) == []


async def ask_for_reset(scene: Scene) -> None:
    """Somebody asks for a new password."""
    assert await scene.do("passwordResetRequest", {"email": LIISA}) == []


async def ask_for_proof(scene: Scene) -> None:
    """Somebody asks for a new link to confirm the address."""
    assert await scene.do("emailConfirmationResend", {"email": LIISA}) == []


async def wish_for_address(scene: Scene) -> None:
    """Somebody else asks to make the address theirs."""
    await add_person(scene.database, OTHER)
    other = await scene.session(OTHER)
    assert await scene.do("emailChangeRequest", {"email": LIISA}, other) == []


async def wish_for_own_move(scene: Scene) -> None:
    """Liisa asks for another address."""
    assert await scene.do("emailChangeRequest", {"email": MOVED}, scene.own) == []


async def change_address(scene: Scene) -> None:
    """Liisa, or a thief, moves the account to another address."""
    await wish_for_own_move(scene)
    token = await scene.link(MessageKind.EMAIL_CHANGE_CONFIRM)
    assert await scene.do("emailChangeConfirm", {"token": token}, scene.own) == []


async def change_spelling(scene: Scene) -> None:
    """Liisa writes the same address in another case, by which it is the same mailbox."""
    assert await scene.do("emailChangeRequest", {"email": LIISA.capitalize()}, scene.own) == []
    token = await scene.link(MessageKind.EMAIL_CHANGE_CONFIRM)
    assert await scene.do("emailChangeConfirm", {"token": token}, scene.own) == []


async def undo_change(scene: Scene) -> None:
    """Liisa undoes the change of address."""
    assert await scene.do("emailChangeRevert", {"token": await scene.link(MessageKind.EMAIL_CHANGED_NOTICE)}) == []


async def answer_alarm(scene: Scene) -> None:
    """Liisa answers the alarm with "This was not me"."""
    assert await scene.do("accountSecure", {"token": await scene.link(MessageKind.SIGNED_IN_FROM_NEW_DEVICE)}) == []


async def reset_password(scene: Scene) -> None:
    """Liisa sets a password by a link that was asked for."""
    await ask_for_reset(scene)
    missing = (await scene.account()).password_hash is None
    token = await scene.link(MessageKind.PASSWORD_MISSING if missing else MessageKind.PASSWORD_RESET)
    assert await scene.do("passwordReset", {"token": token, "newPassword": NEW_PASSWORD}) == []


async def change_password(scene: Scene) -> None:
    """Somebody who is signed in changes the password."""
    scene.own = await scene.session()
    assert await scene.do("passwordChange", {"newPassword": NEW_PASSWORD}, scene.own) == []


async def close(scene: Scene) -> None:
    """Somebody who is signed in closes the account."""
    assert await scene.do("accountClose", {}, scene.own) == []


async def reopen(scene: Scene) -> None:
    """Liisa opens the account again by the newest link."""
    newest = [
        kind for kind, _ in await scene.enqueued() if kind in {MessageKind.ACCOUNT_CLOSED, MessageKind.ACCOUNT_REOPEN}
    ]
    assert await scene.do("accountCloseUndo", {"token": await scene.link(MessageKind(newest[-1]))}) == []


async def let_erase(scene: Scene) -> None:
    """The time in which the account could be opened again is over."""
    async with scene.database.sessions.begin() as db:
        await db.execute(update(AccountClosure).values(erase_after=now()))
    assert await erase_due(scene.database) == (1, 0)


async def steal_key(scene: Scene) -> None:
    """Somebody uses a refresh token that its device used long ago."""
    signed_in = (await sign_in(scene.client, LIISA)).json()["data"]["signIn"]
    await refresh(scene.client, signed_in["refreshToken"])
    async with scene.database.engine.begin() as connection:
        earlier = "UPDATE refresh_tokens SET replaced_at = replaced_at - interval '1 hour'"
        await connection.exec_driver_sql(earlier)
    assert (await refresh(scene.client, signed_in["refreshToken"]))["accessToken"] is None


async def sign_in_again(scene: Scene) -> None:
    """Somebody signs in on a device that is not known."""
    await scene.session()


async def member(scene: Scene) -> None:
    """Liisa is a member of an organization that another person administers."""
    await active(scene)
    await add_person(scene.database, OTHER)
    async with scene.database.sessions.begin() as db:
        ids = {one.email_key: one.id for one in await db.scalars(select(Account))}
        organization = Organization(
            status=OrganizationStatus.ACTIVE,
            identifier_scheme=IdentifierScheme.INTERNAL,
            identifier="Yritys",
            name="Yritys",
            name_sort_key="yritys",
        )
        db.add(organization)
        await db.flush()
        for email, role in ((OTHER, Role.ADMINISTRATOR), (LIISA, Role.MEMBER)):
            db.add(
                Membership(
                    account_id=ids[email],
                    organization_id=organization.id,
                    role=role,
                    status=MembershipStatus.ACTIVE,
                )
            )


async def bounce_administrator(scene: Scene) -> None:
    """A mail server says that the administrator's mailbox does not exist."""
    assert await scene.do("passwordResetRequest", {"email": OTHER}) == []
    async with scene.database.sessions.begin() as db:
        message = (await db.scalars(select(Message).where(Message.email_key == OTHER))).one()
        message.status, message.sent_at = MessageStatus.SENT, now()
        assert await record_bounces(db, [Bounce(message.id, OTHER, "5.1.1")], now()) == 1


async def leave_organization(scene: Scene) -> None:
    """The administrator insists on closing the account."""
    headers = await scene.session(OTHER)
    assert await scene.do("accountClose", {"leaveOrganizationsWithoutAdministrator": True}, headers) == []
