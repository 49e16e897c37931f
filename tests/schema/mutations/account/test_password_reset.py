"""`passwordResetRequest` and `passwordReset`: mail to the stored address only, one use, other access ends."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.hashing import HASHER
from auth.tokens import TokenKind
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.mailed_secret import EmailChange, PasswordReset
from models.message import Message
from models.session import Session
from models.task import Task, TaskKind
from server.db.database import Database
from tests.schema.asking import BROWSER, add_person, audited, cookie_of, post, sign_in, token_of
from tests.schema.mutations.account.even_times import Attempt, require_even_times
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.account.task import open_task
from usecases.demo import PASSWORD as FORMER
from usecases.mail.message_kind import MessageKind

REQUEST_CASE = MutationCase(
    mutation="passwordResetRequest",
    done='{email: "member@demo.example"}',
    refused='{email: "x"}',
    note="the new link replaces the former",
)
CASE = MutationCase(
    mutation="passwordReset",
    done='{token: "%(mailed)s", newPassword: "%(new)s"}',
    refused='{token: "rst_%(well_formed)s", newPassword: "%(new)s"}',
    before=("passwordResetRequest",),
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.PASSWORD_RESET}),
    besides={"newPassword": "toisen myllyn kalat uivat"},
)

ME = "{ me { email } }"


async def request(client: httpx.AsyncClient, email: str = "liisa@demo.example") -> Payload:
    return await do(client, "passwordResetRequest", {"email": email})


async def reset(client: httpx.AsyncClient, secret: str, password: str = PASSWORD) -> Payload:
    return await do(client, "passwordReset", {"token": secret, "newPassword": password})


async def mailed(client: httpx.AsyncClient, database: Database) -> str:
    """Request a reset of Liisa's password and return the secret of the message."""
    assert await request(client) == {"userErrors": []}
    return (await tokens(database, MessageKind.PASSWORD_RESET))[-1]


async def signs_in(client: httpx.AsyncClient, password: str) -> bool:
    return (await sign_in(client, "liisa", password)).json()["data"]["signIn"]["account"] is not None


async def liisa(db: AsyncSession) -> Account:
    return (await db.scalars(select(Account).where(Account.email_key == "liisa@demo.example"))).one()


@pytest.fixture
async def client(client: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    """Return a client of the application with Liisa's account in it."""
    await add_person(database, "liisa@demo.example")
    return client


async def test_a_reset_sets_the_password_and_tells_its_owner(client: httpx.AsyncClient, database: Database) -> None:
    assert await reset(client, await mailed(client, database)) == {"userErrors": []}
    assert await signs_in(client, PASSWORD)
    assert not await signs_in(client, FORMER)
    assert [kind for kind, _ in await messages(database)][:2] == [
        MessageKind.PASSWORD_RESET,
        MessageKind.PASSWORD_SET,
    ]
    (asked,), (done,) = (
        await audited(database, "account.passwordResetRequest"),
        await audited(database, "account.passwordReset"),
    )
    assert asked.subject_id == done.subject_id is not None
    assert (done.result, done.changes) == ("DONE", {"sessions_ended": 0})


B01 = [
    '["liisa@demo.example", "attacker@demo.example"]',
    '{address: "liisa@demo.example"}',
    "17",
    "null",
]


@pytest.mark.parametrize("written", B01)
async def test_b01_one_address_is_one_text(client: httpx.AsyncClient, database: Database, written: str) -> None:
    answer = (
        await post(
            client, f"mutation {{ passwordResetRequest(input: {{email: {written}}}) {{ userErrors {{ code }} }} }}"
        )
    ).json()
    assert "data" not in answer
    query = "mutation($e: String!) { passwordResetRequest(input: {email: $e}) { userErrors { code } } }"
    several: dict[str, Any] = {"e": ["liisa@demo.example", "attacker@demo.example"]}
    assert "data" not in (await post(client, query, several)).json()
    assert await messages(database) == []


async def test_b01_two_at_once_by_alias_are_refused(client: httpx.AsyncClient, database: Database) -> None:
    call = '{}: passwordResetRequest(input: {{email: "{}@demo.example"}}) {{ userErrors {{ code }} }}'
    answer = (await post(client, f"mutation {{ {call.format('a', 'liisa')} {call.format('b', 'eve')} }}")).json()
    assert "data" not in answer
    assert await messages(database) == []


async def test_b02_the_message_goes_to_the_address_that_is_stored(
    client: httpx.AsyncClient, database: Database
) -> None:
    await request(client, " LIISA@DEMO.example ")
    assert await messages(database) == [(MessageKind.PASSWORD_RESET, "liisa@demo.example")]


async def test_b04_a_link_is_good_once_and_the_others_end(client: httpx.AsyncClient, database: Database) -> None:
    former, secret = await mailed(client, database), await mailed(client, database)
    assert reasons(await reset(client, former)) == [("TOKEN_INVALID", "input.token")]
    assert codes(await reset(client, secret)) == []
    assert reasons(await reset(client, secret, "toinen pitkä salalause")) == [("TOKEN_INVALID", "input.token")]
    assert await signs_in(client, PASSWORD)
    async with database.sessions() as db:
        resets = list(await db.scalars(select(PasswordReset).order_by(PasswordReset.id)))
    assert [one.consumed_at is not None for one in resets] == [False, True]
    assert [one.ended_at is not None for one in resets] == [True, False]


async def test_b05_a_link_is_over_after_an_hour(client: httpx.AsyncClient, database: Database) -> None:
    secret = await mailed(client, database)
    async with database.sessions.begin() as db:
        kept = (await db.scalars(select(PasswordReset))).one()
        assert abs(kept.expires_at - now() - timedelta(hours=1)) < timedelta(minutes=1)
        kept.expires_at = now() - timedelta(seconds=1)
    assert codes(await reset(client, secret)) == ["TOKEN_INVALID"]


@pytest.mark.parametrize("more", ["email", "accountId", "userId", "id"])
async def test_b08_a_link_sets_no_password_but_its_own_accounts(
    client: httpx.AsyncClient, database: Database, more: str
) -> None:
    await add_person(database, "victim@demo.example")
    secret = await mailed(client, database)
    query = "mutation($i: PasswordResetInput!) { passwordReset(input: $i) { userErrors { code } } }"
    given = {"token": secret, "newPassword": PASSWORD}
    answer = (await post(client, query, {"i": given | {more: "victim@demo.example"}})).json()
    assert "data" not in answer
    assert codes(await reset(client, secret)) == []
    assert (await sign_in(client, "victim", FORMER)).json()["data"]["signIn"]["account"] is not None


@pytest.mark.parametrize("rounds", [15, pytest.param(500, marks=pytest.mark.long)])
async def test_b11_of_many_who_use_one_link_at_once_one_succeeds(
    client: httpx.AsyncClient, database: Database, rounds: int
) -> None:
    for _ in range(rounds):
        secret = await mailed(client, database)
        barrier = asyncio.Barrier(6)
        words = [f"kuudes yritys on numero {number}" for number in range(6)]

        async def one(word: str, secret: str = secret, barrier: asyncio.Barrier = barrier) -> list[str]:
            await barrier.wait()
            return codes(await reset(client, secret, word))

        results = await asyncio.gather(*(one(word) for word in words))
        assert sorted(results) == [[], *[["TOKEN_INVALID"]] * 5]
        async with database.sessions() as db:
            assert HASHER.verify(str((await liisa(db)).password_hash), words[results.index([])])


BOUND: dict[str, dict[str, Any]] = {
    "the password was set otherwise": {"password_set_at": now()},
    "the address was changed": {"email": "uusi@demo.example", "email_key": "uusi@demo.example"},
    "the account was suspended": {"status": AccountStatus.SUSPENDED},
    "the account was closed": {"status": AccountStatus.CLOSED},
}


@pytest.mark.parametrize("what", BOUND)
async def test_b34_link_is_void_once_its_account_has_changed(
    client: httpx.AsyncClient, database: Database, what: str
) -> None:
    secret = await mailed(client, database)
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(**BOUND[what]))
    assert codes(await reset(client, secret)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        account = (await db.scalars(select(Account))).one()
    assert HASHER.verify(str(account.password_hash), FORMER)


async def test_b33_every_session_and_pending_change_ends(client: httpx.AsyncClient, database: Database) -> None:
    bearer, browser = await token_of(client, "liisa"), await cookie_of(client, "liisa")
    asked = await do(client, "emailChangeRequest", {"email": "vieras@demo.example"}, bearer)
    assert codes(asked) == []
    change = await token(database, MessageKind.EMAIL_CHANGE_CONFIRM)
    await reset(client, await mailed(client, database))
    assert (await post(client, ME, headers=bearer)).status_code == 401
    assert (await post(client, ME, headers=BROWSER | browser)).json()["data"]["me"] is None
    again = (await sign_in(client, "liisa", PASSWORD)).json()["data"]["signIn"]["accessToken"]
    late = await do(client, "emailChangeConfirm", {"token": change}, {"Authorization": f"Bearer {again}"})
    assert codes(late) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert (await db.scalars(select(EmailChange))).one().ended_at is not None
        ended = [one.ended_at is not None for one in await db.scalars(select(Session).order_by(Session.id))]
    assert ended == [True, True, False]


@pytest.mark.parametrize("password", ["password123456789", "lyhyt", "Liisa-Liisa-Liisa-1978", "y" * 1025])
async def test_b49_a_refused_password_leaves_the_link_good(
    client: httpx.AsyncClient, database: Database, password: str
) -> None:
    secret = await mailed(client, database)
    ((code, field),) = reasons(await reset(client, secret, password))
    assert (code.startswith("PASSWORD_"), field) == (True, "input.newPassword")
    assert codes(await reset(client, secret)) == []


async def test_b14_prepared_account_becomes_active_and_confirmed(client: httpx.AsyncClient, database: Database) -> None:
    await add_person(database, "prepared@demo.example", None, AccountStatus.PENDING)
    await request(client, "prepared@demo.example")
    assert codes(await reset(client, await token(database, MessageKind.PASSWORD_MISSING))) == []
    answer = (await sign_in(client, "prepared", PASSWORD)).json()["data"]["signIn"]
    assert answer["account"] is not None
    async with database.sessions() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == "prepared@demo.example"))).one()
        assert await db.get(EmailConfirmation, (account.id, account.email_key)) is not None


async def test_b14_unconfirmed_account_gets_a_link_of_its_sign_up(
    client: httpx.AsyncClient, database: Database
) -> None:
    await do(client, "signUp", {"email": "uusi@demo.example", "password": PASSWORD, "displayName": "Uuno Uusi"})
    await request(client, "uusi@demo.example")
    former, secret = await tokens(database, MessageKind.SIGN_UP_CONFIRM)
    assert await tokens(database, MessageKind.PASSWORD_RESET) == []
    assert codes(await do(client, "emailConfirm", {"token": former, "password": PASSWORD})) == ["TOKEN_INVALID"]
    own = {"token": secret, "newPassword": "toinen pitkä salalause", "displayName": "Uuno Uusi"}
    assert codes(await do(client, "emailConfirm", own)) == []


async def test_a_reset_completes_the_task_and_confirms_the_mailbox(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.sessions.begin() as db:
        account = await liisa(db)
        await db.delete(await db.get_one(EmailConfirmation, (account.id, account.email_key)))
        account.email_undeliverable_at = now()
        for kind in (TaskKind.SET_NEW_PASSWORD, TaskKind.CONFIRM_EMAIL, TaskKind.CHOOSE_OWN_EMAIL):
            await open_task(db, account.id, kind, now())
    await reset(client, await mailed(client, database))
    async with database.sessions() as db:
        left = list(await db.scalars(select(Task.kind).where(Task.done_at.is_(None))))
        assert left == [TaskKind.CHOOSE_OWN_EMAIL]
        assert (await liisa(db)).email_undeliverable_at is None
        assert (await db.scalars(select(EmailConfirmation))).one().email_key == "liisa@demo.example"


WITHOUT_LINK = {"nobody": None, "suspended": AccountStatus.SUSPENDED, "closed": AccountStatus.CLOSED}


async def test_reset_request_for_any_address_is_answered_alike(client: httpx.AsyncClient, database: Database) -> None:
    for who, status in WITHOUT_LINK.items():
        if status is not None:
            await add_person(database, f"{who}@demo.example", status=status)
    query = "mutation($e: String!) { passwordResetRequest(input: {email: $e}) { userErrors { code } } }"
    answers = [await post(client, query, {"e": f"{who}@demo.example"}) for who in ("liisa", *WITHOUT_LINK)]
    assert len({answer.content for answer in answers}) == 1
    assert len({frozenset(answer.headers) for answer in answers}) == 1
    assert await messages(database) == [
        (MessageKind.PASSWORD_RESET, "liisa@demo.example"),
        (MessageKind.ACCOUNT_SUSPENDED, "suspended@demo.example"),
    ]
    assert len(await audited(database, "account.passwordResetRequest")) == 4


@pytest.mark.parametrize("rounds", [25, pytest.param(300, marks=pytest.mark.long)])
async def test_b15_the_time_tells_nothing(client: httpx.AsyncClient, rounds: int) -> None:
    attempts: dict[str, Attempt] = {
        "liisa": lambda _: request(client, "liisa@demo.example"),
        "nobody": lambda _: request(client, "nobody@demo.example"),
    }
    began = time.perf_counter()
    await require_even_times(attempts, rounds, lambda _: 0.002)
    assert time.perf_counter() - began > 2 * rounds * 0.05


HOSTS = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example"},
    {"Host": "testserver@evil.example"},
]


@pytest.mark.parametrize("headers", HOSTS, ids=str)
async def test_b09_host_header_of_a_request_is_in_no_message(
    client: httpx.AsyncClient, database: Database, headers: dict[str, str]
) -> None:
    query = 'mutation { passwordResetRequest(input: {email: "liisa@demo.example"}) { userErrors { code } } }'
    await post(client, query, headers=headers)
    assert await messages(database) == [(MessageKind.PASSWORD_RESET, "liisa@demo.example")]
    async with database.sessions() as db:
        (message,) = await db.scalars(select(Message))
    assert "evil" not in f"{message.facts}{message.secrets}"
