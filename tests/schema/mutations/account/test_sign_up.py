"""`signUp`: alike for known and unknown addresses, one account for many calls, and no right for a stranger."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from auth.passwords.hashing import PasswordWork
from models.account import Account, AccountStatus
from models.mailed_secret import SignUp
from server.db.database import Database
from tests.schema.asking import add_person, audited, post, sign_in
from tests.schema.mutations.account.even_times import Attempt, require_even_times
from tests.schema.mutations.account.mailed import messages, token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.account.sign_up import ALREADY_THERE
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="signUp",
    done='{email: "uusi@demo.example", password: "%(new)s", displayName: "Uusi"}',
    refused='{email: "x", password: "x", displayName: "x"}',
    note="the new link replaces the former",
)

LIISA = {"email": "liisa@demo.example", "password": PASSWORD, "displayName": "Liisa Lisätty"}


async def sign_up(client: httpx.AsyncClient, **given: Any) -> Payload:
    return await do(client, "signUp", LIISA | given)


async def account_with(database: Database, email_key: str) -> Account | None:
    async with database.sessions() as db:
        return await db.scalar(select(Account).where(Account.email_key == email_key))


async def count(database: Database, table: type[Account] | type[SignUp]) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


async def test_a_sign_up_waits_without_any_right_until_it_is_confirmed(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert codes(await sign_up(client)) == []
    account = await account_with(database, "liisa@demo.example")
    assert account is not None
    assert (account.status, account.password_hash, account.display_name) == ("UNVERIFIED", None, "liisa@demo.example")
    assert (await sign_in(client, "liisa", PASSWORD)).json()["data"]["signIn"]["account"] is None
    assert await messages(database) == [(MessageKind.SIGN_UP_CONFIRM, "liisa@demo.example")]
    (entry,) = await audited(database, "account.signUp")
    assert (entry.result, entry.subject_id, entry.changes) == ("DONE", account.id, {})


KNOWN = [AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.CLOSED]


@pytest.mark.parametrize("status", KNOWN)
async def test_b16_a_known_address_is_answered_alike_and_its_owner_is_told(
    client: httpx.AsyncClient, database: Database, status: AccountStatus
) -> None:
    await add_person(database, "liisa@demo.example", status=status)
    query = "mutation($i: SignUpInput!) { signUp(input: $i) { userErrors { code } } }"
    known = await post(client, query, {"i": LIISA | {"email": "LIISA@demo.example"}})
    unknown = await post(client, query, {"i": LIISA | {"email": "nobody@demo.example"}})
    assert known.content == unknown.content
    assert "set-cookie" not in known.headers
    assert set(known.headers) == set(unknown.headers)
    told, new = await messages(database)
    assert told == (ALREADY_THERE[status], "liisa@demo.example")
    assert new == (MessageKind.SIGN_UP_CONFIRM, "nobody@demo.example")
    account = await account_with(database, "liisa@demo.example")
    assert account is not None
    assert (account.status, account.display_name) == (status, "Liisa Lisätty")
    async with database.sessions() as db:
        kept = (await db.scalars(select(SignUp).where(SignUp.account_id == account.id))).one()
    assert (kept.password_hash, kept.display_name, kept.ended_at is not None) == ("", "", True)


async def test_a_known_address_takes_the_same_statements_and_the_same_hashing(
    client: httpx.AsyncClient, database: Database, app: Starlette
) -> None:
    await add_person(database, "liisa@demo.example")
    passwords: PasswordWork = app.state.resources.passwords
    work = []
    for email in ("liisa@demo.example", "nobody@demo.example"):
        before = passwords.runs
        with capture_logs() as logs:
            await sign_up(client, email=email)
        (line,) = [entry for entry in logs if entry["event"] == "request"]
        work.append((line["statements"], passwords.runs - before))
    assert work[0] == work[1]


async def test_b15_the_time_of_a_sign_up_tells_nothing(client: httpx.AsyncClient, database: Database) -> None:
    await add_person(database, "liisa@demo.example")
    attempts: dict[str, Attempt] = {
        "liisa": lambda _: sign_up(client, email="liisa@demo.example"),
        "nobody": lambda round_: sign_up(client, email=f"nobody{round_}@demo.example"),
    }
    await require_even_times(attempts, 15, lambda slowest: 0.25 * slowest)  # an answer without hashing differs far more


async def test_a_newer_sign_up_ends_the_one_before(client: httpx.AsyncClient, database: Database) -> None:
    await sign_up(client, displayName="Aada Aiempi")
    await sign_up(client, email="Liisa@Demo.Example", password="toinen pitkä salalause", language="SV")
    first, second = await tokens(database, MessageKind.SIGN_UP_CONFIRM)
    refused = await do(client, "emailConfirm", {"token": first, "password": PASSWORD})
    assert reasons(refused) == [("TOKEN_INVALID", "input.token")]
    done = await do(client, "emailConfirm", {"token": second, "password": "toinen pitkä salalause"})
    assert (done["userErrors"], done["email"]) == ([], "Liisa@demo.example")
    account = await account_with(database, "liisa@demo.example")
    assert account is not None
    assert (account.display_name, account.language, account.status) == ("Liisa Lisätty", "sv", "ACTIVE")


@pytest.mark.parametrize("rounds", [5, pytest.param(500, marks=pytest.mark.long)])
async def test_b81_many_at_once_make_one_account(client: httpx.AsyncClient, database: Database, rounds: int) -> None:
    spellings = ["liisa{}@demo.example", "LIISA{}@demo.example", "Liisa{}@Demo.Example", "liisa{}@DEMO.example"]
    for round_ in range(rounds):
        barrier = asyncio.Barrier(20)

        async def one(email: str, barrier: asyncio.Barrier = barrier) -> Payload:
            await barrier.wait()
            return await sign_up(client, email=email)

        answers = await asyncio.gather(*(one(spelling.format(round_)) for spelling in spellings * 5))
        assert all(answer == {"userErrors": []} for answer in answers)
        assert await count(database, Account) == round_ + 1
        async with database.sessions() as db:
            waiting = select(func.count()).select_from(SignUp).where(SignUp.ended_at.is_(None))
            assert await db.scalar(waiting) == round_ + 1


LOOK_ALIKES = ["m\N{LATIN SMALL LETTER DOTLESS I}ke@exk.example", "mike@ex\N{KELVIN SIGN}.example"]


@pytest.mark.parametrize("email", LOOK_ALIKES)
async def test_b02_a_look_alike_address_makes_no_account_and_gets_no_mail(
    client: httpx.AsyncClient, database: Database, email: str
) -> None:
    await add_person(database, "mike@exk.example")
    for mutation, given in {
        "signUp": LIISA | {"email": email},
        "passwordResetRequest": {"email": email},
        "emailConfirmationResend": {"email": email},
    }.items():
        (reason,) = reasons(await do(client, mutation, given))
        assert reason == ("INVALID", "input.email")
    assert await messages(database) == []
    assert await count(database, Account) == 1


REFUSED = {
    "email": ("kone@", "INVALID", "Kirjoita yksi sähköpostiosoite"),
    "email of a duty": ("info@demo.example", "ACKNOWLEDGEMENT_REQUIRED", "Tätä sähköpostia näyttää lukevan moni"),
    "email in full-width letters": ("liisa\N{FULLWIDTH COMMERCIAL AT}demo.example", "INVALID", "Kirjoita yksi"),
    "email with two at signs": ("a\N{FULLWIDTH COMMERCIAL AT}evil.org@corp.org", "INVALID", "Kirjoita yksi"),
    "email with a soft hyphen": ("lii\N{SOFT HYPHEN}sa@demo.example", "INVALID", "Poista rivinvaihdot"),
    "displayName": ("-", "INVALID", "Anna 1–100 merkin"),
    "displayName with a code": ("Matti 131052-308T", "INVALID", "Poista henkilötunnus"),
    "displayName of two lines": ("Bob\r\nBcc: evil@x.fi", "INVALID", "Poista rivinvaihdot"),
    "password": ("lyhyt", "PASSWORD_TOO_SHORT", "Käytä vähintään 15"),
    "password that leaked": ("password123456789", "PASSWORD_BREACHED", "Tämä salasana on vuotanut"),
    "password with their name": (
        "Lisätty-Lisätty-1",
        "PASSWORD_PERSONAL",
        "Sinut tunteva ihminen kokeilee ensimmäiseksi: Lisätty.",
    ),
}


@pytest.mark.parametrize("which", REFUSED)
async def test_b10_invalid_form_is_refused_and_stores_nothing(
    client: httpx.AsyncClient, database: Database, which: str
) -> None:
    value, code, message = REFUSED[which]
    field = which.partition(" ")[0]
    payload = await sign_up(client, **{field: value})
    assert reasons(payload) == [(code, f"input.{field}")]
    assert payload["userErrors"][0]["message"].startswith(message)
    assert (await count(database, Account), await messages(database)) == (0, [])
    (entry,) = await audited(database, "account.signUp")
    assert (entry.result, entry.subject_id) == ("REFUSED", None)


async def test_every_reason_is_told_at_once(client: httpx.AsyncClient) -> None:
    payload = await sign_up(client, email="x", displayName="", password="")
    assert reasons(payload) == [
        ("INVALID", "input.email"),
        ("INVALID", "input.displayName"),
        ("PASSWORD_TOO_SHORT", "input.password"),
    ]


async def test_shared_mailbox_is_accepted_with_an_acknowledgement(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert codes(await sign_up(client, email="info@demo.example", acknowledgeRoleMailbox=True)) == []
    assert (await token(database, MessageKind.SIGN_UP_CONFIRM)).startswith("sup_")
