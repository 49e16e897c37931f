"""`emailChangeRequest` and `emailChangeConfirm`: the old address signs in until the new one is proved."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from auth.tokens import TokenKind
from models.account import Account, AccountStatus, EmailConfirmation
from models.db.clock import now
from models.mailed_secret import EmailChange
from models.session import Session
from models.task import Task, TaskKind
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, add_person, audited, post, sign_in, suspend, token_of
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.account.task import open_task
from usecases.demo import PASSWORD as FORMER
from usecases.mail.message_kind import MessageKind

REQUEST_CASE = MutationCase(
    mutation="emailChangeRequest",
    done='{email: "jussi.uusi@demo.example"}',
    refused='{email: "x"}',
    note="the new link replaces the former",
)
CONFIRM_CASE = MutationCase(
    mutation="emailChangeConfirm",
    done='{token: "%(mailed)s"}',
    refused='{token: "chg_%(well_formed)s"}',
    before=("emailChangeRequest",),
    twice=("TOKEN_INVALID",),
    takes=frozenset({TokenKind.EMAIL_CHANGE}),
)

NEW = "jussi@uusi.example"
ME = "{ me { email pendingEmail emailConfirmedAt } }"


def headers(cast: Cast, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens[who]}"}


async def request(cast: Cast, email: str = NEW, who: str = "member", *, acknowledge: bool = False) -> Payload:
    given = {"email": email, "acknowledgeRoleMailbox": acknowledge}
    return await do(cast.client, "emailChangeRequest", given, headers(cast, who))


async def confirm(cast: Cast, secret: str, who: str = "member") -> Payload:
    return await do(cast.client, "emailChangeConfirm", {"token": secret}, headers(cast, who))


async def newest(database: Database) -> str:
    return (await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM))[-1]


async def signs_in(client: httpx.AsyncClient, email: str) -> bool:
    return (await sign_in(client, email)).json()["data"]["signIn"]["account"] is not None


async def test_the_old_address_signs_in_until_the_new_one_is_confirmed(cast: Cast, database: Database) -> None:
    elsewhere = await token_of(cast.client, "member")
    asked = await request(cast)
    assert (asked["userErrors"], asked["account"]["email"]) == ([], "member@demo.example")
    assert asked["account"]["pendingEmail"] == NEW
    assert (MessageKind.EMAIL_CHANGE_CONFIRM, NEW) in await messages(database)
    assert (await signs_in(cast.client, "member"), await signs_in(cast.client, NEW)) == (True, False)
    done = await confirm(cast, await token(database, MessageKind.EMAIL_CHANGE_CONFIRM))
    account = done["account"]
    assert (done["userErrors"], account["email"], account["pendingEmail"], account["version"]) == ([], NEW, None, 2)
    assert account["emailConfirmedAt"] is not None
    assert (await signs_in(cast.client, "member"), await signs_in(cast.client, NEW)) == (False, True)
    assert (await post(cast.client, ME, headers=elsewhere)).status_code == 401
    assert (await cast.ask("member", ME))["data"]["me"]["email"] == NEW
    assert (MessageKind.EMAIL_CHANGED_NOTICE, "member@demo.example") in await messages(database)


async def test_each_step_is_audited_without_the_addresses(cast: Cast, database: Database) -> None:
    member = (await account_of(database, "member")).id
    await request(cast)
    await confirm(cast, await newest(database))
    for action in ("account.emailChangeRequest", "account.emailChangeConfirm"):
        (entry,) = await audited(database, action)
        assert (entry.result, entry.actor_id, entry.subject_id) == ("DONE", member, member)
        assert "@" not in str(entry.changes)


async def test_b03_answer_hides_the_other_account_of_an_address(cast: Cast, database: Database) -> None:
    answers = {}
    for email in ("consumer@demo.example", "suspended@demo.example", "nobody@demo.example"):
        payload = await request(cast, email)
        assert payload["account"].pop("pendingEmail") == email
        answers[email] = payload
    assert len({str(answer) for answer in answers.values()}) == 1
    assert [one for one in await messages(database) if one[0].startswith("EMAIL_CHANGE")] == [
        (MessageKind.EMAIL_CHANGE_ATTEMPTED, "consumer@demo.example"),
        (MessageKind.EMAIL_CHANGE_ATTEMPTED, "suspended@demo.example"),
        (MessageKind.EMAIL_CHANGE_CONFIRM, "nobody@demo.example"),
    ]


CAPABILITIES = """{ me { viewerCanChangePassword viewerCannotChangePasswordReasons
  viewerCanChangeEmail viewerCannotChangeEmailReasons } }"""


async def test_an_old_proof_of_the_password_is_not_enough(cast: Cast, database: Database) -> None:
    assert list((await cast.ask("member", CAPABILITIES))["data"]["me"].values()) == [True, [], True, []]
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(reauthenticated_at=now() - timedelta(minutes=11)))
    why = ["REAUTHENTICATION_REQUIRED"]
    assert list((await cast.ask("member", CAPABILITIES))["data"]["me"].values()) == [False, why, False, why]
    assert codes(await request(cast)) == ["REAUTHENTICATION_REQUIRED"]
    assert await messages(database) == []


REFUSED = {
    "member@demo.example": ("INVALID", "Tämä on jo sähköpostiosoitteesi"),
    " Member@DEMO.example ": None,
    "toimisto@yritys.example": ("ACKNOWLEDGEMENT_REQUIRED", "Tätä sähköpostia näyttää lukevan moni"),
    "ei ole@": ("INVALID", "Kirjoita yksi sähköpostiosoite"),
    "": ("INVALID", "Anna sähköpostiosoite"),
    "jussi\N{FULLWIDTH COMMERCIAL AT}evil.example@corp.example": ("INVALID", "Kirjoita yksi sähköpostiosoite"),
    "j\N{CYRILLIC SMALL LETTER U}ssi@uusi.example": ("INVALID", "Käytä @-merkin edessä"),
}


@pytest.mark.parametrize("email", REFUSED)
async def test_b10_impossible_new_address_is_refused(cast: Cast, database: Database, email: str) -> None:
    payload = await request(cast, email)
    refused = REFUSED[email]
    if refused is None:
        assert payload["userErrors"] == []
        return
    assert reasons(payload) == [(refused[0], "input.email")]
    assert payload["userErrors"][0]["message"].startswith(refused[1])
    assert payload["account"]["pendingEmail"] is None
    assert await messages(database) == []


async def test_another_case_of_ones_own_address_is_a_change_like_any_other(cast: Cast, database: Database) -> None:
    await request(cast, "Member@demo.example")
    done = await confirm(cast, await newest(database))
    assert (done["userErrors"], done["account"]["email"]) == ([], "Member@demo.example")
    assert done["account"]["emailConfirmedAt"] is not None
    assert await signs_in(cast.client, "member")


async def test_shared_mailbox_needs_an_acknowledgement(cast: Cast, database: Database) -> None:
    assert codes(await request(cast, "toimisto@yritys.example", acknowledge=True)) == []
    assert codes(await confirm(cast, await newest(database))) == []


async def test_of_two_requests_the_later_wins(cast: Cast, database: Database) -> None:
    await request(cast, "eka@uusi.example")
    await request(cast, "toka@uusi.example")
    first, second = await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM)
    assert reasons(await confirm(cast, first)) == [("TOKEN_INVALID", "input.token")]
    assert (await confirm(cast, second))["account"]["email"] == "toka@uusi.example"
    assert codes(await confirm(cast, second)) == ["TOKEN_INVALID"], "once"


async def test_a_link_is_over_after_a_day(cast: Cast, database: Database) -> None:
    await request(cast)
    async with database.sessions.begin() as db:
        await db.execute(update(EmailChange).values(expires_at=now() - timedelta(seconds=1)))
    assert (await cast.ask("member", ME))["data"]["me"]["pendingEmail"] is None
    assert codes(await confirm(cast, await newest(database))) == ["TOKEN_INVALID"]


async def test_a_link_is_worthless_to_anybody_else(cast: Cast, database: Database) -> None:
    await request(cast)
    secret = await newest(database)
    refused = await confirm(cast, secret, "consumer")
    assert (codes(refused), refused["account"]["email"]) == (["TOKEN_INVALID"], "consumer@demo.example")
    nobody = f'mutation {{ emailChangeConfirm(input: {{token: "{secret}"}}) {{ userErrors {{ code }} }} }}'
    answer = await cast.ask("nobody", nobody)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert codes(await confirm(cast, secret)) == []


async def test_an_address_taken_meanwhile_is_refused_and_nothing_changes(cast: Cast, database: Database) -> None:
    await request(cast)
    await add_person(database, NEW)
    payload = await confirm(cast, await newest(database))
    assert reasons(payload) == [("EMAIL_TAKEN", "input.token")]
    assert payload["account"]["email"] == "member@demo.example"
    (entry,) = await audited(database, "account.emailChangeConfirm")
    assert entry.result == "REFUSED"
    assert MessageKind.EMAIL_CHANGED_NOTICE not in [kind for kind, _ in await messages(database)]


async def test_b25_unconfirmed_sign_up_leaves_the_address_free(cast: Cast, database: Database) -> None:
    squatter = {"email": "Jussi@Uusi.example", "password": PASSWORD, "displayName": "Ville Vieras"}
    await do(cast.client, "signUp", squatter)
    late = {"token": await token(database, MessageKind.SIGN_UP_CONFIRM), "password": PASSWORD}
    await request(cast)
    assert codes(await confirm(cast, await newest(database))) == []
    assert codes(await do(cast.client, "emailConfirm", late)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        with_it = select(func.count()).select_from(Account).where(Account.email_key == NEW)
        assert await db.scalar(with_it) == 1
        erased = (await db.scalars(select(Account).where(Account.status == AccountStatus.ERASED))).one()
    assert (erased.email, erased.display_name) == (None, "")


async def test_b07_the_proof_of_the_old_address_is_gone(cast: Cast, database: Database) -> None:
    await request(cast)
    await confirm(cast, await newest(database))
    member = (await cast.ask("member", "{ me { id } }"))["data"]["me"]["id"]
    assert member == cast.ids["member"]
    async with database.sessions() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == NEW))).one()
        confirmations = select(EmailConfirmation.email_key).where(EmailConfirmation.account_id == account.id)
        assert list(await db.scalars(confirmations)) == [NEW]


async def test_last_administrator_may_change_their_address(cast: Cast, database: Database) -> None:
    await request(cast, "aino@uusi.example", "other-administrator")
    assert codes(await confirm(cast, await newest(database), "other-administrator")) == []


async def test_the_tasks_about_the_address_are_done(cast: Cast, database: Database) -> None:
    async with database.sessions.begin() as db:
        account = (await db.scalars(select(Account).where(Account.email_key == "member@demo.example"))).one()
        for kind in (TaskKind.CHOOSE_OWN_EMAIL, TaskKind.CONFIRM_EMAIL):
            await open_task(db, account.id, kind, now())
    assert codes(await request(cast)) == []
    assert codes(await confirm(cast, await newest(database))) == []
    async with database.sessions() as db:
        left = select(func.count()).select_from(Task).where(Task.account_id == account.id, Task.done_at.is_(None))
        assert await db.scalar(left) == 0


async def test_b34_a_suspended_person_takes_no_address_into_use(cast: Cast, database: Database) -> None:
    await request(cast)
    await suspend(database, "member")
    query = (
        f'mutation {{ emailChangeConfirm(input: {{token: "{await newest(database)}"}}) {{ userErrors {{ code }} }} }}'
    )
    assert (await post(cast.client, query, headers=headers(cast, "member"))).status_code == 401
    assert (await account_of(database, "member")).email == "member@demo.example"


@pytest.mark.parametrize("rounds", [15, pytest.param(500, marks=pytest.mark.long)])
async def test_of_two_accounts_that_want_one_address_at_once_one_gets_it(
    cast: Cast, database: Database, rounds: int
) -> None:
    for round_ in range(rounds):
        barrier = asyncio.Barrier(2)
        secrets = {}
        for who in ("member", "consumer"):
            assert codes(await request(cast, f"sama{round_}@uusi.example", who)) == []
            secrets[who] = await newest(database)

        async def rival(who: str, secret: str, barrier: asyncio.Barrier = barrier) -> list[str]:
            await barrier.wait()
            return codes(await confirm(cast, secret, who))

        results = await asyncio.gather(*(rival(who, secret) for who, secret in secrets.items()))
        assert sorted(results) == [[], ["EMAIL_TAKEN"]]
        async with database.sessions.begin() as db:
            await db.execute(update(Session).values(reauthenticated_at=now()))


@pytest.mark.parametrize(
    "field", ["emailConfirmedAt", "emailVerified", "accountId", "version", "passwordHash", "status"]
)
async def test_b06_nothing_of_the_servers_own_can_be_sent(cast: Cast, field: str) -> None:
    for mutation in ("emailChangeRequest", "emailChangeConfirm", "emailConfirm", "signUp", "passwordReset"):
        type_ = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation($i: {type_}!) {{ {mutation}(input: $i) {{ userErrors {{ code }} }} }}"
        answer = await cast.ask("member", query, {"i": {field: "x"}})
        assert "data" not in answer
        assert any(f"'{field}'" in error["message"] for error in answer["errors"])


async def test_address_change_keeps_the_password(cast: Cast, database: Database) -> None:
    await request(cast)
    await confirm(cast, await newest(database))
    payload = (await sign_in(cast.client, NEW, FORMER)).json()["data"]["signIn"]
    assert payload["account"] == {"id": cast.ids["member"], "email": NEW}
