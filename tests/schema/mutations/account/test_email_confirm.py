"""`emailConfirm` and `emailConfirmationResend`: a new account belongs to the reader of its mailbox."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from auth.passwords.hashing import HASHER
from auth.passwords.wrapped_hashes import wrap
from auth.tokens import TokenKind
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.legacy_code import LegacyCode, LegacyCodeKind, LegacyCodeStatus
from models.mailed_secret import EmailProof, SignUp
from models.membership import Membership, MembershipStatus
from models.service import Service
from models.task import Task, TaskKind
from server.db.database import Database
from tests.facts import add_membership, add_organization
from tests.schema.asking import add_person, audited, sign_in
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.account.task import open_task
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="emailConfirm",
    done='{token: "%(mailed)s", password: "%(new)s"}',
    refused='{token: "sup_%(well_formed)s"}',
    before=("signUp",),
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.SIGN_UP, TokenKind.EMAIL_PROOF}),
    besides={"password": PASSWORD},
)
RESEND_CASE = MutationCase(
    mutation="emailConfirmationResend",
    done='{email: "member@demo.example"}',
    refused='{email: "x"}',
    note="the new link replaces the former",
)

LIISA = {"email": "liisa@demo.example", "password": PASSWORD, "displayName": "Liisa Lisätty"}
NEW_OWNER = {"newPassword": "toinen pitkä salalause", "displayName": "Vilma Oikea"}


async def confirm(client: httpx.AsyncClient, secret: str, **given: str) -> Payload:
    return await do(client, "emailConfirm", {"token": secret} | given)


async def signed_up(client: httpx.AsyncClient, database: Database) -> str:
    """Sign up as Liisa and return the secret of the message."""
    assert codes(await do(client, "signUp", LIISA)) == []
    return (await tokens(database, MessageKind.SIGN_UP_CONFIRM))[-1]


async def liisa(db: AsyncSession) -> Account:
    return (await db.scalars(select(Account).where(Account.email_key == "liisa@demo.example"))).one()


async def signs_in(client: httpx.AsyncClient, password: str) -> bool:
    return (await sign_in(client, "liisa", password)).json()["data"]["signIn"]["account"] is not None


async def test_password_of_the_sign_up_proves_the_sign_up(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)
    assert await confirm(client, secret, password=PASSWORD) == {"email": "liisa@demo.example", "userErrors": []}
    assert await signs_in(client, PASSWORD)
    async with database.sessions() as db:
        account = await liisa(db)
        assert (account.status, account.display_name) == (AccountStatus.ACTIVE, "Liisa Lisätty")
        assert await db.get(EmailConfirmation, (account.id, "liisa@demo.example")) is not None
        waiting = (await db.scalars(select(SignUp))).one()
    assert (waiting.password_hash, waiting.consumed_at is not None) == ("", True)
    (entry,) = await audited(database, "account.emailConfirm")
    assert (entry.result, entry.subject_id) == ("DONE", account.id)


async def test_a_strangers_sign_up_gives_the_stranger_nothing(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)  # a stranger signed up with Liisa's address and the stranger's password
    done = await confirm(client, secret, **NEW_OWNER)
    assert codes(done) == []
    assert await signs_in(client, NEW_OWNER["newPassword"])
    assert not await signs_in(client, PASSWORD)
    async with database.sessions() as db:
        assert (await liisa(db)).display_name == "Vilma Oikea"


async def test_a_stranger_who_signs_up_afterwards_changes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    await confirm(client, await signed_up(client, database), password=PASSWORD)
    await do(client, "signUp", LIISA | {"password": "vieraan oma salalause", "displayName": "Ville Vieras"})
    assert (await messages(database))[-1] == (MessageKind.ALREADY_HAVE_ACCOUNT, "liisa@demo.example")
    assert await signs_in(client, PASSWORD)
    assert not await signs_in(client, "vieraan oma salalause")


REFUSED = {
    "no password": ({}, [("REQUIRED", "input.password")]),
    "a wrong password": ({"password": "jonkun toisen salalause"}, [("PASSWORD_WRONG", "input.password")]),
    "a new one without a name": ({"newPassword": NEW_OWNER["newPassword"]}, [("REQUIRED", "input.displayName")]),
    "a name that is none": (NEW_OWNER | {"displayName": "123"}, [("INVALID", "input.displayName")]),
    "b49 a weak new one": (
        NEW_OWNER | {"newPassword": "password123456789"},
        [("PASSWORD_BREACHED", "input.newPassword")],
    ),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_refused_confirmation_leaves_the_link_valid(
    client: httpx.AsyncClient, database: Database, why: str
) -> None:
    given, expected = REFUSED[why]
    secret = await signed_up(client, database)
    assert reasons(await confirm(client, secret, **given)) == expected
    async with database.sessions() as db:
        assert (await liisa(db)).status is AccountStatus.UNVERIFIED
    assert codes(await confirm(client, secret, password=PASSWORD)) == []


async def test_a_link_is_good_once(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)
    await confirm(client, secret, password=PASSWORD)
    for again in ({"password": PASSWORD}, NEW_OWNER):
        assert reasons(await confirm(client, secret, **again)) == [("TOKEN_INVALID", "input.token")]


@pytest.mark.parametrize(
    "secret", ["", "x", "sup_" + "A" * 43, "ses_" + "A" * 43, "sup_" + "A" * 5000, "eml_" + "ä" * 43]
)
async def test_made_up_links_are_refused_alike(client: httpx.AsyncClient, secret: str) -> None:
    payload = await confirm(client, secret, password=PASSWORD)
    assert (reasons(payload), payload["email"]) == ([("TOKEN_INVALID", "input.token")], None)


async def test_a_link_is_over_when_its_time_has_come(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)
    async with database.sessions.begin() as db:
        await db.execute(update(SignUp).values(expires_at=now() - timedelta(seconds=1)))
    assert codes(await confirm(client, secret, password=PASSWORD)) == ["TOKEN_INVALID"]
    await do(client, "emailConfirmationResend", {"email": "liisa@demo.example"})
    newer = (await tokens(database, MessageKind.SIGN_UP_CONFIRM))[-1]
    assert codes(await confirm(client, newer, password=PASSWORD)) == []


@pytest.mark.parametrize("rounds", [10, pytest.param(500, marks=pytest.mark.long)])
async def test_of_many_who_use_one_link_at_once_one_succeeds(
    client: httpx.AsyncClient, database: Database, rounds: int
) -> None:
    for round_ in range(rounds):
        await do(client, "signUp", LIISA | {"email": f"vilma{round_}@demo.example"})
        secret = (await tokens(database, MessageKind.SIGN_UP_CONFIRM))[-1]
        barrier = asyncio.Barrier(4)

        async def one(secret: str = secret, barrier: asyncio.Barrier = barrier) -> Payload:
            await barrier.wait()
            return await confirm(client, secret, password=PASSWORD)

        results = sorted(codes(payload) for payload in await asyncio.gather(*(one() for _ in range(4))))
        assert results == [[], ["TOKEN_INVALID"], ["TOKEN_INVALID"], ["TOKEN_INVALID"]]


async def test_prepared_account_becomes_active_and_memberships_stay_dormant(
    client: httpx.AsyncClient, database: Database, dsn: str
) -> None:
    await add_person(database, "liisa@demo.example", None, AccountStatus.PENDING)
    async with database.sessions() as db:
        identity = (await liisa(db)).id
    await _add_sleeping_membership(dsn, identity)
    secret = await signed_up(client, database)
    assert codes(await confirm(client, secret, password=PASSWORD)) == []
    async with database.sessions() as db:
        account = await liisa(db)
        membership = (await db.scalars(select(Membership))).one()
    assert (account.id, account.status) == (identity, AccountStatus.ACTIVE)
    assert membership.status is MembershipStatus.DORMANT


async def _add_sleeping_membership(dsn: str, account: UUID) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await add_membership(connection, account, await add_organization(connection), "MEMBER", "DORMANT")
    finally:
        await connection.close()


async def test_the_password_of_an_old_code_is_told_to_nobody_but_the_reader(
    client: httpx.AsyncClient, database: Database
) -> None:
    await add_person(database, "liisa@demo.example", None, AccountStatus.PENDING)
    async with database.sessions.begin() as db:
        old = wrap(hashlib.sha256(PASSWORD.encode()).hexdigest())
        code = LegacyCode(
            service_id=(await db.scalars(select(Service.id).limit(1))).one(),
            code="A1",
            code_key="A1",
            kind=LegacyCodeKind.PERSON,
            status=LegacyCodeStatus.LINK_PENDING,
            account_id=(await liisa(db)).id,
            proof_scheme=old.scheme,
            proof_settings=old.settings,
            proof_hash=old.hash,
        )
        db.add(code)
    secret = await signed_up(client, database)
    refused = await confirm(client, secret, password=PASSWORD)
    assert reasons(refused) == [("PASSWORD_OF_OLD_CODE", "input.password")]
    assert codes(await confirm(client, secret, **NEW_OWNER)) == []


async def test_active_account_confirms_again_and_completes_its_task(
    client: httpx.AsyncClient, database: Database
) -> None:
    await add_person(database, "liisa@demo.example")
    async with database.sessions.begin() as db:
        account = await liisa(db)
        await db.delete(await db.get_one(EmailConfirmation, (account.id, account.email_key)))
        await open_task(db, account.id, TaskKind.CONFIRM_EMAIL, now())
    for _ in range(2):
        await do(client, "emailConfirmationResend", {"email": "LIISA@demo.example"})
    former, secret = await tokens(database, MessageKind.EMAIL_PROOF)
    assert codes(await confirm(client, former)) == ["TOKEN_INVALID"]
    assert await confirm(client, secret) == {"email": "liisa@demo.example", "userErrors": []}
    assert codes(await confirm(client, secret)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert (await db.scalars(select(Task))).one().done_at is not None
        assert (await db.scalars(select(EmailConfirmation))).one().email_key == "liisa@demo.example"
    await do(client, "emailConfirmationResend", {"email": "liisa@demo.example"})
    assert len(await tokens(database, MessageKind.EMAIL_PROOF)) == 2, "there is nothing more to confirm"


async def test_b07_a_link_to_one_address_confirms_no_other(client: httpx.AsyncClient, database: Database) -> None:
    await add_person(database, "liisa@demo.example")
    async with database.sessions.begin() as db:
        account = await liisa(db)
        await db.delete(await db.get_one(EmailConfirmation, (account.id, account.email_key)))
    await do(client, "emailConfirmationResend", {"email": "liisa@demo.example"})
    secret = await token(database, MessageKind.EMAIL_PROOF)
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(email="uusi@demo.example", email_key="uusi@demo.example"))
    assert codes(await confirm(client, secret)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert list(await db.scalars(select(EmailConfirmation))) == []


async def test_a_new_link_is_answered_alike_for_everybody(client: httpx.AsyncClient, database: Database) -> None:
    await signed_up(client, database)
    for status in (AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.PENDING):
        await add_person(database, f"{status.lower()}@demo.example", status=status)
    before = await messages(database)
    for who in ("liisa", "active", "suspended", "pending", "nobody"):
        answer = await do(client, "emailConfirmationResend", {"email": f"{who}@demo.example"})
        assert answer == {"userErrors": []}
    assert (await messages(database))[len(before) :] == [(MessageKind.SIGN_UP_CONFIRM, "liisa@demo.example")]
    assert len(await audited(database, "account.emailConfirmationResend")) == 5


async def test_b39_a_link_of_one_kind_is_none_of_another(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)
    for prefix in ("eml_", "rst_", "ses_", "acc_"):
        assert codes(await confirm(client, prefix + secret[4:], password=PASSWORD)) == ["TOKEN_INVALID"]
    reset = await do(client, "passwordReset", {"token": secret, "newPassword": PASSWORD})
    assert codes(reset) == ["TOKEN_INVALID"]
    async with database.sessions.begin() as db:
        await add_proof(db, secret)
    assert codes(await confirm(client, "eml_" + secret[4:])) == ["TOKEN_INVALID"], "only the whole secret is one"


async def add_proof(db: AsyncSession, secret: str) -> None:
    """Store an e-mail proof whose secret is another kind's."""
    account = await liisa(db)
    db.add(
        EmailProof(
            id=uuid7(),
            account_id=account.id,
            email_key=account.email_key,
            secret_hash=hashlib.sha256(secret.encode()).digest(),
            expires_at=now() + timedelta(hours=1),
        )
    )


async def test_a_suspended_account_cannot_be_confirmed(client: httpx.AsyncClient, database: Database) -> None:
    secret = await signed_up(client, database)
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    assert codes(await confirm(client, secret, password=PASSWORD)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert (await liisa(db)).password_hash is None


async def test_the_sign_ups_password_is_stored_as_a_hash_only(client: httpx.AsyncClient, database: Database) -> None:
    await signed_up(client, database)
    async with database.sessions() as db:
        waiting = (await db.scalars(select(SignUp))).one()
    assert HASHER.verify(waiting.password_hash, PASSWORD)
