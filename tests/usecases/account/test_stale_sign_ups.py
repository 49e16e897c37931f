"""Unconfirmed sign-ups: erased a week after their last link, and not a day before."""

from datetime import datetime, timedelta

import httpx
from sqlalchemy import select, update

from models.account import Account, AccountStatus
from models.db.clock import now
from models.mailed_secret import SignUp
from models.message import Message
from server.db.database import Database
from server.jobs.erasure import erase_due
from tests.schema.asking import add_person, audited
from tests.schema.mutations.account.mailed import token
from tests.schema.mutations.account.own_account import PASSWORD, codes, do
from usecases.account.stale_sign_ups import KEPT_FOR
from usecases.mail.message_kind import MessageKind

LIISA = {"email": "liisa@demo.example", "password": PASSWORD, "displayName": "Liisa Lisätty"}


async def age(database: Database, expired: datetime) -> None:
    """Date everything two weeks back, and set the expiry of the links."""
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(created_at=now() - timedelta(days=14)))
        await db.execute(update(SignUp).values(expires_at=expired))


async def test_stale_sign_up_is_erased_a_week_after_its_last_link(
    client: httpx.AsyncClient, database: Database
) -> None:
    await do(client, "signUp", LIISA)
    secret = await token(database, MessageKind.SIGN_UP_CONFIRM)
    await age(database, now() - KEPT_FOR - timedelta(minutes=1))
    await erase_due(database)
    async with database.sessions() as db:
        account = (await db.scalars(select(Account))).one()
        assert (account.status, account.email, account.email_key) == (AccountStatus.ERASED, None, None)
        assert account.display_name == ""
        assert list(await db.scalars(select(SignUp))) == []
        assert list(await db.scalars(select(Message))) == []
    (entry,) = await audited(database, "account.discard")
    assert (entry.actor_name, entry.subject_id) == ("erasure", account.id)
    assert codes(await do(client, "emailConfirm", {"token": secret, "password": PASSWORD})) == ["TOKEN_INVALID"]
    assert codes(await do(client, "signUp", LIISA)) == [], "the address is free"


async def test_sign_up_is_kept_while_a_new_link_may_be_requested(client: httpx.AsyncClient, database: Database) -> None:
    await do(client, "signUp", LIISA)
    await age(database, now() - KEPT_FOR + timedelta(minutes=1))
    await erase_due(database)
    await do(client, "emailConfirmationResend", {"email": "liisa@demo.example"})
    async with database.sessions() as db:
        newest = select(Message.secrets).order_by(Message.id.desc()).limit(1)
        secrets = (await db.scalars(newest)).one()
    assert secrets is not None
    assert codes(await do(client, "emailConfirm", {"token": secrets["token"], "password": PASSWORD})) == []


async def test_confirmed_accounts_are_kept(client: httpx.AsyncClient, database: Database) -> None:
    for status in (AccountStatus.ACTIVE, AccountStatus.PENDING, AccountStatus.SUSPENDED):
        await add_person(database, f"{status.lower()}@demo.example", status=status)
    await age(database, now() - timedelta(days=13))
    await erase_due(database)
    async with database.sessions() as db:
        assert AccountStatus.ERASED not in list(await db.scalars(select(Account.status)))
