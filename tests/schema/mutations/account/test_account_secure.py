"""`accountSecure`: "This was not me" ends all access, and gives the account to the reader of its mailbox."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select, update

from auth.tokens import TokenKind, digest
from models.account import Account, AccountStatus
from models.db.clock import now
from models.device import Device
from models.mailed_secret import Alarm, EmailChange, PasswordReset
from models.refresh_token import RefreshToken
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited, sign_in, suspend, until_somebody_waits_for_a_lock
from tests.schema.mutations.account.closing import close
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, tokens_of, turn_back
from usecases.demo import PASSWORD as DEMO_PASSWORD
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="accountSecure",
    done='{token: "%(mailed)s"}',
    refused='{token: "alm_%(well_formed)s"}',
    before=("passwordChange",),
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.ALARM}),
)

MEMBER = "member@demo.example"
NEW_DEVICE = MessageKind.SIGNED_IN_FROM_NEW_DEVICE


def headers(cast: Cast, who: str = "member") -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens[who]}"}


async def alarm(cast: Cast, database: Database) -> str:
    """Sign the member in on a new device, as a thief does, and return the secret of the alarm."""
    await tokens_of(cast.client, "member")
    return (await tokens(database, NEW_DEVICE))[-1]


async def secure(cast: Cast, secret: str) -> list[str]:
    return codes(await do(cast.client, "accountSecure", {"token": secret}))


async def test_this_was_not_me_shuts_out_everybody(cast: Cast, database: Database) -> None:
    thief = await tokens_of(cast.client, "member")
    secret = (await tokens(database, NEW_DEVICE))[-1]
    assert await secure(cast, secret) == []
    for tokens_held in (bearer(thief), headers(cast)):
        assert not await alive(cast.client, tokens_held)
    assert (await refresh(cast.client, thief["refreshToken"]))["accessToken"] is None
    assert (await sign_in(cast.client, "member")).json()["data"]["signIn"]["account"] is None, "the thief knew it"
    account = await account_of(database, "member")
    assert (account.status, account.password_hash) == (AccountStatus.ACTIVE, None)
    async with database.sessions() as db:
        assert list(await db.scalars(select(Device).where(Device.account_id == account.id))) == []
    (entry,) = await audited(database, "account.secure")
    assert (entry.result, entry.subject_id, entry.actor_id) == ("DONE", account.id, None)
    assert entry.changes == {"sessions_ended": 2}


async def test_owner_sets_a_new_password_by_the_link_that_comes(cast: Cast, database: Database) -> None:
    assert await secure(cast, await alarm(cast, database)) == []
    assert (await messages(database))[-1] == (MessageKind.PASSWORD_VOIDED, MEMBER)
    given = {"token": await token(database, MessageKind.PASSWORD_VOIDED), "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == []
    assert (await sign_in(cast.client, "member", PASSWORD)).json()["data"]["signIn"]["userErrors"] == []


async def test_the_link_to_set_a_password_is_good_for_a_day(cast: Cast, database: Database) -> None:
    assert await secure(cast, await alarm(cast, database)) == []
    async with database.sessions() as db:
        (opened,) = await db.scalars(select(PasswordReset).where(PasswordReset.ended_at.is_(None)))
    assert abs(opened.expires_at - now() - timedelta(days=1)) < timedelta(minutes=1)


async def test_pending_requests_of_the_thief_are_cancelled(cast: Cast, database: Database) -> None:
    secret = await alarm(cast, database)
    await do(cast.client, "emailChangeRequest", {"email": "eve@muualla.example"}, headers(cast))
    await do(cast.client, "passwordResetRequest", {"email": MEMBER})
    reset = await token(database, MessageKind.PASSWORD_RESET)
    assert await secure(cast, secret) == []
    assert codes(await do(cast.client, "passwordReset", {"token": reset, "newPassword": PASSWORD})) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert (await db.scalars(select(EmailChange.ended_at))).one() is not None


async def test_a_thief_who_changes_the_password_does_not_end_the_link(cast: Cast, database: Database) -> None:
    """Each alarm has a link of its own, and a second alarm does not end an earlier link."""
    secret = await alarm(cast, database)
    await do(cast.client, "passwordChange", {"newPassword": PASSWORD}, headers(cast))
    second = await token(database, MessageKind.PASSWORD_CHANGED)
    assert second != secret
    assert await secure(cast, secret) == []
    assert (await sign_in(cast.client, "member", PASSWORD)).json()["data"]["signIn"]["account"] is None
    assert await secure(cast, second) == ["TOKEN_INVALID"], "the first answer was the answer to both"


async def test_the_link_works_once_and_is_no_other_link(cast: Cast, database: Database) -> None:
    secret = await alarm(cast, database)
    for prefix in ("rst_", "und_", "cls_", "eml_"):
        assert await secure(cast, prefix + secret[4:]) == ["TOKEN_INVALID"]
    assert await secure(cast, secret) == []
    assert reasons(await do(cast.client, "accountSecure", {"token": secret})) == [("TOKEN_INVALID", "input.token")]
    assert [entry.result for entry in await audited(database, "account.secure")] == ["REFUSED"] * 4 + [
        "DONE",
        "REFUSED",
    ]


async def test_only_the_digest_of_the_secret_is_stored(cast: Cast, database: Database) -> None:
    secret = await alarm(cast, database)
    async with database.sessions() as db:
        kept = (await db.scalars(select(Alarm))).one()
    assert (kept.secret_hash, kept.email_key) == (digest(TokenKind.ALARM, secret), MEMBER)
    assert abs(kept.expires_at - now() - MessageKind.PASSWORD_CHANGED.life) < timedelta(minutes=1)


async def test_the_link_is_over_after_a_week(cast: Cast, database: Database) -> None:
    secret = await alarm(cast, database)
    async with database.sessions.begin() as db:
        await db.execute(update(Alarm).values(expires_at=now() - timedelta(seconds=1)))
    assert await secure(cast, secret) == ["TOKEN_INVALID"]
    assert (await account_of(database, "member")).password_hash is not None


async def change_address(cast: Cast, database: Database, email: str) -> str:
    """Change the member's address and return the secret that undoes it."""
    await do(cast.client, "emailChangeRequest", {"email": email}, headers(cast))
    confirm = (await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM))[-1]
    assert codes(await do(cast.client, "emailChangeConfirm", {"token": confirm}, headers(cast))) == []
    return (await tokens(database, MessageKind.EMAIL_CHANGED_NOTICE))[-1]


async def test_after_a_change_of_address_the_notice_is_the_way(cast: Cast, database: Database) -> None:
    """The former mailbox has the notice, whose button undoes the change; its older alarms no longer work."""
    secret = await alarm(cast, database)
    undo = await change_address(cast, database, "eve@muualla.example")
    assert await secure(cast, secret) == ["TOKEN_INVALID"]
    assert codes(await do(cast.client, "emailChangeRevert", {"token": undo})) == []
    assert (await account_of(database, "member")).password_hash is None
    assert await secure(cast, secret) == ["TOKEN_INVALID"], "nor once the address has come back"


async def test_a_thief_with_a_mailbox_cannot_end_the_undo(cast: Cast, database: Database) -> None:
    """The alarm of a thief's own sign-in comes to the address that they have taken; answering it must win nothing."""
    undo = await change_address(cast, database, "eve@muualla.example")
    await sign_in(cast.client, "eve@muualla.example", DEMO_PASSWORD)
    assert await secure(cast, (await tokens(database, NEW_DEVICE))[-1]) == []
    assert codes(await do(cast.client, "emailChangeRevert", {"token": undo})) == []
    assert (await account_of(database, "member")).email == MEMBER
    stolen = (await tokens(database, MessageKind.PASSWORD_VOIDED))[0]
    given = {"token": stolen, "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == ["TOKEN_INVALID"]


async def test_a_new_password_from_the_mailbox_ends_the_links(cast: Cast, database: Database) -> None:
    """The owner has the account again; an old message must not make the new password void."""
    secret = await alarm(cast, database)
    await do(cast.client, "passwordResetRequest", {"email": MEMBER})
    given = {"token": await token(database, MessageKind.PASSWORD_RESET), "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == []
    assert await secure(cast, secret) == ["TOKEN_INVALID"]
    assert await secure(cast, await token(database, MessageKind.PASSWORD_SET)) == []


async def test_an_account_that_the_thief_closed_is_opened_again(cast: Cast, database: Database) -> None:
    await tokens_of(cast.client, "consumer")
    secret = (await tokens(database, NEW_DEVICE))[-1]
    await close(cast, "consumer")
    assert await secure(cast, secret) == []
    assert (await messages(database))[-1] == (MessageKind.ACCOUNT_REOPEN, "consumer@demo.example")
    reopen = {"token": await token(database, MessageKind.ACCOUNT_REOPEN)}
    assert codes(await do(cast.client, "accountCloseUndo", reopen)) == []
    assert (await sign_in(cast.client, "consumer")).json()["data"]["signIn"]["account"] is None
    given = {"token": await token(database, MessageKind.PASSWORD_VOIDED), "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == []
    assert (await sign_in(cast.client, "consumer", PASSWORD)).json()["data"]["signIn"]["userErrors"] == []


async def test_a_suspended_account_loses_its_password_too(cast: Cast, database: Database) -> None:
    secret = await alarm(cast, database)
    await suspend(database, "member")
    assert await secure(cast, secret) == []
    account = await account_of(database, "member")
    assert (account.status, account.password_hash) == (AccountStatus.SUSPENDED, None)
    assert (await messages(database))[-1] == (MessageKind.ACCOUNT_SUSPENDED, MEMBER)


async def test_other_accounts_are_left_unchanged(cast: Cast, database: Database) -> None:
    async with database.sessions() as db:
        before = {account.id: account.password_hash for account in await db.scalars(select(Account))}
    assert await secure(cast, await alarm(cast, database)) == []
    member = (await account_of(database, "member")).id
    async with database.sessions() as db:
        after = {account.id: account.password_hash for account in await db.scalars(select(Account))}
    assert {identity for identity in after if after[identity] != before[identity]} == {member}
    assert await alive(cast.client, headers(cast, "manager"))


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.long)])
async def test_of_many_answers_at_once_one_is_taken(cast: Cast, database: Database, rounds: int) -> None:
    secret = await alarm(cast, database)
    for _ in range(rounds):
        barrier = asyncio.Barrier(5)

        async def one(secret: str = secret, barrier: asyncio.Barrier = barrier) -> list[str]:
            await barrier.wait()
            return await secure(cast, secret)

        assert sorted(await asyncio.gather(*(one() for _ in range(5)))) == [[], *[["TOKEN_INVALID"]] * 4]
        given = {"token": (await tokens(database, MessageKind.PASSWORD_VOIDED))[-1], "newPassword": PASSWORD}
        assert codes(await do(cast.client, "passwordReset", given)) == []
        secret = (await tokens(database, MessageKind.PASSWORD_SET))[-1]


async def test_a_stolen_key_waits_for_the_account_before_its_session(cast: Cast, database: Database, dsn: str) -> None:
    """Two actions that lock the account and its sessions in opposite orders would deadlock."""
    stolen = (await tokens_of(cast.client, "member"))["refreshToken"]
    await refresh(cast.client, stolen)
    await turn_back(database, RefreshToken.replaced_at, timedelta(minutes=1))
    securing = await asyncpg.connect(dsn, server_settings={"lock_timeout": "500ms"})
    try:
        async with securing.transaction():
            await securing.execute("SELECT FROM accounts WHERE email_key = $1 FOR UPDATE", MEMBER)
            refreshing = asyncio.create_task(refresh(cast.client, stolen))
            await until_somebody_waits_for_a_lock(securing)
            await securing.execute("SELECT FROM sessions FOR UPDATE")
    finally:
        await securing.close()
    assert (await refreshing)["accessToken"] is None
    assert (await messages(database))[-1] == (MessageKind.SESSION_FAMILY_REVOKED, MEMBER)
