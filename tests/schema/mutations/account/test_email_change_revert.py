"""`emailChangeRevert`: by the link to the old address, which takes the account from a thief."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from auth.tokens import TokenKind
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.mailed_secret import EmailChange
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import add_person, audited, post, sign_in
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="emailChangeRevert",
    done='{token: "%(mailed)s"}',
    refused='{token: "und_%(well_formed)s"}',
    before=("emailChangeRequest", "emailChangeConfirm"),
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.EMAIL_UNDO}),
)

ME = "{ me { email } }"
OLD = "member@demo.example"


def headers(cast: Cast, who: str = "member") -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens[who]}"}


async def change(cast: Cast, database: Database, email: str) -> str:
    """Change the member's address and return the secret of the notice to the former one."""
    assert codes(await do(cast.client, "emailChangeRequest", {"email": email}, headers(cast))) == []
    secret = (await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM))[-1]
    assert codes(await do(cast.client, "emailChangeConfirm", {"token": secret}, headers(cast))) == []
    return (await tokens(database, MessageKind.EMAIL_CHANGED_NOTICE))[-1]


async def revert(cast: Cast, secret: str) -> Payload:
    return await do(cast.client, "emailChangeRevert", {"token": secret})


async def member(database: Database, cast: Cast) -> Account:
    async with database.sessions() as db:
        return (await db.scalars(select(Account).where(Account.display_name == "Jussi Jäsen"))).one()


async def test_the_old_address_has_the_account_again_and_nobody_else_is_in(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "eve@muualla.example")
    assert await revert(cast, undo) == {"userErrors": []}
    assert (await post(cast.client, ME, headers=headers(cast))).status_code == 401
    for email in (OLD, "eve@muualla.example"):
        assert (await sign_in(cast.client, email)).json()["data"]["signIn"]["account"] is None, "password is void"
    assert (await messages(database))[-1] == (MessageKind.PASSWORD_VOIDED, OLD)
    given = {"token": await token(database, MessageKind.PASSWORD_VOIDED), "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == []
    back = (await sign_in(cast.client, OLD, PASSWORD)).json()["data"]["signIn"]["account"]
    assert back == {"id": cast.ids["member"], "email": OLD}
    async with database.sessions() as db:
        identity = (await member(database, cast)).id
        confirmations = select(EmailConfirmation.email_key).where(EmailConfirmation.account_id == identity)
        assert list(await db.scalars(confirmations)) == [OLD]
    (entry,) = await audited(database, "account.emailChangeRevert")
    assert (entry.result, entry.subject_id, entry.changes) == ("DONE", identity, {"sessions_ended": 1})


async def test_b13_a_link_undoes_once_and_is_no_other_link(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "eve@muualla.example")
    for prefix in ("chg_", "rst_", "eml_", "sup_"):
        assert codes(await revert(cast, prefix + undo[4:])) == ["TOKEN_INVALID"]
    confirmed = await do(cast.client, "emailChangeConfirm", {"token": undo}, headers(cast))
    assert codes(confirmed) == ["TOKEN_INVALID"]
    assert codes(await revert(cast, undo)) == []
    assert reasons(await revert(cast, undo)) == [("TOKEN_INVALID", "input.token")]


async def test_b13_undo_link_confirms_no_pending_change(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "toinen@muualla.example")
    await do(cast.client, "emailChangeRequest", {"email": "kolmas@muualla.example"}, headers(cast))
    for _ in range(2):
        assert codes(await do(cast.client, "emailChangeConfirm", {"token": undo}, headers(cast))) == ["TOKEN_INVALID"]
    assert (await member(database, cast)).email == "toinen@muualla.example"


async def test_link_undoes_every_later_change(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "eve1@muualla.example")
    evil_undo = await change(cast, database, "eve2@muualla.example")
    await do(cast.client, "emailChangeRequest", {"email": "eve3@muualla.example"}, headers(cast))
    assert codes(await revert(cast, undo)) == []
    assert (await member(database, cast)).email == OLD
    assert codes(await revert(cast, evil_undo)) == ["TOKEN_INVALID"]
    assert (await member(database, cast)).email == OLD
    async with database.sessions() as db:
        waiting = select(EmailChange).where(EmailChange.confirmed_at.is_(None), EmailChange.ended_at.is_(None))
        assert (await db.scalars(waiting)).first() is None


async def test_a_link_is_over_after_a_week(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "eve@muualla.example")
    async with database.sessions.begin() as db:
        kept = (await db.scalars(select(EmailChange))).one()
        assert kept.undo_expires_at is not None
        assert abs(kept.undo_expires_at - now() - timedelta(days=7)) < timedelta(minutes=1)
        kept.undo_expires_at = now() - timedelta(seconds=1)
    assert codes(await revert(cast, undo)) == ["TOKEN_INVALID"]
    assert (await member(database, cast)).email == "eve@muualla.example"


async def test_an_old_address_that_another_account_has_by_now_is_refused(cast: Cast, database: Database) -> None:
    undo = await change(cast, database, "uusi@muualla.example")
    await add_person(database, OLD)
    assert reasons(await revert(cast, undo)) == [("EMAIL_TAKEN", "input.token")]
    assert (await member(database, cast)).email == "uusi@muualla.example"
    assert (await sign_in(cast.client, "uusi@muualla.example")).json()["data"]["signIn"]["account"] is not None


@pytest.mark.parametrize("status", [AccountStatus.SUSPENDED, AccountStatus.CLOSED])
async def test_b34_suspended_owner_gets_the_address_but_no_access(
    cast: Cast, database: Database, status: AccountStatus
) -> None:
    undo = await change(cast, database, "eve@muualla.example")
    async with database.sessions.begin() as db:
        await db.execute(update(Account).where(Account.email_key.like("eve@%")).values(status=status))
    before = await messages(database)
    assert codes(await revert(cast, undo)) == []
    account = await member(database, cast)
    assert (account.email, account.status, account.password_hash) == (OLD, status, None)
    told = [(MessageKind.ACCOUNT_SUSPENDED, OLD)] if status is AccountStatus.SUSPENDED else []
    assert await messages(database) == before + told, "a link to set a password is for who may sign in"


@pytest.mark.parametrize("rounds", [10, pytest.param(500, marks=pytest.mark.long)])
async def test_of_many_who_undo_at_once_one_does(cast: Cast, database: Database, rounds: int) -> None:
    for round_ in range(rounds):
        undo = await change(cast, database, f"eve{round_}@muualla.example")
        barrier = asyncio.Barrier(5)

        async def one(secret: str = undo, barrier: asyncio.Barrier = barrier) -> list[str]:
            await barrier.wait()
            return codes(await revert(cast, secret))

        assert sorted(await asyncio.gather(*(one() for _ in range(5)))) == [[], *[["TOKEN_INVALID"]] * 4]
        given = {"token": (await tokens(database, MessageKind.PASSWORD_VOIDED))[-1], "newPassword": PASSWORD}
        assert codes(await do(cast.client, "passwordReset", given)) == []
        signed_in = (await sign_in(cast.client, OLD, PASSWORD)).json()["data"]["signIn"]
        cast.tokens["member"] = signed_in["accessToken"]
