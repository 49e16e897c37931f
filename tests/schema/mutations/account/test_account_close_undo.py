"""`accountCloseUndo`: once, in time, by the link only; organizations get their administrator back."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from auth.tokens import TokenKind, issue
from models.account import AccountStatus
from models.membership import Membership, Role
from models.organization import Organization, OrganizationStatus
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited, sign_in
from tests.schema.mutations.account.closing import close, let_grace_pass, mailed_token, status_of, undo
from tests.schema.mutations.account.mailed import messages, token
from tests.schema.mutations.account.own_account import codes, do
from tests.schema.mutations.mutation_case import MutationCase
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="accountCloseUndo",
    done='{token: "%(closing)s"}',
    refused='{token: "cls_%(well_formed)s"}',
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.CLOSING_UNDO}),
)


async def test_the_link_opens_the_account_again_and_signs_nobody_in(
    cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await close(cast, "consumer")
    assert await undo(cast, await mailed_token(database)) == []
    account = await account_of(database, "consumer")
    assert (account.status, account.version) == (AccountStatus.ACTIVE, 3)
    (error,) = (await cast.ask("consumer", "{ me { id } }"))["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED", "the old sessions stay dead"
    payload = (await sign_in(client, "consumer")).json()["data"]["signIn"]
    assert payload["account"]["email"] == "consumer@demo.example"
    (entry,) = await audited(database, "account.closeUndo")
    assert (entry.result, entry.subject_id, entry.actor_id) == ("DONE", account.id, None)


async def test_the_link_works_once(cast: Cast, database: Database) -> None:
    await close(cast, "consumer")
    token = await mailed_token(database)
    assert [await undo(cast, token), await undo(cast, token)] == [[], ["TOKEN_INVALID"]]
    entries = await audited(database, "account.closeUndo")
    assert [entry.result for entry in entries] == ["DONE", "REFUSED"]


async def test_a_second_closing_has_a_link_of_its_own_and_the_first_stays_dead(cast: Cast, database: Database) -> None:
    await close(cast, "consumer")
    first = await mailed_token(database)
    await undo(cast, first)
    await cast.sign_in("consumer")
    await close(cast, "consumer")
    assert await undo(cast, first) == ["TOKEN_INVALID"]
    assert (await account_of(database, "consumer")).status is AccountStatus.CLOSED
    assert await undo(cast, await mailed_token(database)) == []


async def test_link_is_refused_after_the_grace_even_before_the_erasure(cast: Cast, database: Database) -> None:
    await close(cast, "consumer")
    await let_grace_pass(database, timedelta(seconds=1))
    assert await undo(cast, await mailed_token(database)) == ["TOKEN_INVALID"]
    assert (await account_of(database, "consumer")).status is AccountStatus.CLOSED


@pytest.mark.parametrize(
    "altered",
    ["", "cls_", "x" * 100_000, "cls_" + "é" * 43] + [issue(kind)[0] for kind in TokenKind],
    ids=lambda token: token[:4],
)
async def test_other_secrets_reopen_no_account(cast: Cast, database: Database, altered: str) -> None:
    await close(cast, "consumer")
    assert await undo(cast, altered) == ["TOKEN_INVALID"]
    assert (await account_of(database, "consumer")).status is AccountStatus.CLOSED


async def test_link_with_any_altered_character_is_void(cast: Cast, database: Database) -> None:
    await close(cast, "consumer")
    token = await mailed_token(database)
    for place in range(0, len(token), 5):
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert await undo(cast, altered) == ["TOKEN_INVALID"], place
    assert await undo(cast, token) == []


async def test_a_vacant_organization_has_its_administrator_back(cast: Cast, database: Database) -> None:
    await close(cast, "administrator", insist=True)
    assert await undo(cast, await mailed_token(database)) == []
    assert await status_of(database) is OrganizationStatus.ACTIVE


async def test_organization_keeps_the_administrator_appointed_meanwhile(cast: Cast, database: Database) -> None:
    await close(cast, "administrator", insist=True)
    manager = await account_of(database, "manager")
    async with database.sessions.begin() as db:
        promoted = update(Membership).where(Membership.account_id == manager.id)
        await db.execute(promoted.values(role=Role.ADMINISTRATOR))
        found = update(Organization).where(Organization.identifier == "9200001-5")
        await db.execute(found.values(status=OrganizationStatus.ACTIVE))
    assert await undo(cast, await mailed_token(database)) == []
    assert await status_of(database) is OrganizationStatus.ACTIVE


async def test_reopened_unreachable_administrator_leaves_the_office_vacant(cast: Cast, database: Database) -> None:
    await close(cast, "administrator", insist=True)
    account = await account_of(database, "administrator")
    async with database.sessions.begin() as db:
        bounced = update(type(account)).where(type(account).id == account.id)
        await db.execute(bounced.values(email_undeliverable_at=account.created_at))
    assert await undo(cast, await mailed_token(database)) == []
    assert (await account_of(database, "administrator")).status is AccountStatus.ACTIVE
    assert await status_of(database) is OrganizationStatus.ADMINISTRATOR_VACANT


async def test_owner_of_a_stolen_closed_account_gets_the_only_valid_link(cast: Cast, database: Database) -> None:
    headers = {"Authorization": f"Bearer {cast.tokens['consumer']}"}
    for name, kind in (("emailChangeRequest", None), ("emailChangeConfirm", MessageKind.EMAIL_CHANGE_CONFIRM)):
        given = {"token": await token(database, kind)} if kind else {"email": "thief@posti.example"}
        assert codes(await do(cast.client, name, given, headers)) == []
    notice = await token(database, MessageKind.EMAIL_CHANGED_NOTICE)
    assert (await close(cast, "consumer"))["userErrors"] == []
    thiefs = await mailed_token(database)
    assert codes(await do(cast.client, "emailChangeRevert", {"token": notice})) == []
    assert (await messages(database))[-1] == (MessageKind.ACCOUNT_REOPEN, "consumer@demo.example")
    assert await undo(cast, thiefs) == ["TOKEN_INVALID"]
    assert await undo(cast, await token(database, MessageKind.ACCOUNT_REOPEN)) == []
    assert (await account_of(database, "consumer")).status is AccountStatus.ACTIVE


@pytest.mark.parametrize("rounds", [5, pytest.param(500, marks=pytest.mark.long)])
async def test_b11_of_many_who_use_the_link_at_the_same_instant_one_does(
    cast: Cast, database: Database, rounds: int
) -> None:
    for _ in range(rounds):
        await close(cast, "consumer")
        token, together = await mailed_token(database), asyncio.Barrier(10)

        async def rival(token: str = token, together: asyncio.Barrier = together) -> list[str]:
            await together.wait()
            return await undo(cast, token)

        outcomes = await asyncio.gather(*(rival() for _ in range(10)))
        assert sorted(outcomes) == [[], *[["TOKEN_INVALID"]] * 9]
        await cast.sign_in("consumer")
