"""`passwordChange` and `passwordCheck`: recent proof, one set of rules, and other devices are signed out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette
from structlog.testing import capture_logs

from models.db.clock import now
from models.mailed_secret import EmailChange, PasswordReset
from models.session import Session
from models.task import Task, TaskKind
from server.db.database import Database
from tests.cast import RESTRICTED, Cast
from tests.schema.asking import account_of, audited, post, sign_in, token_of
from tests.schema.mutations.account.mailed import messages, token
from tests.schema.mutations.account.own_account import PASSWORD, Payload, codes, do, reasons
from tests.schema.mutations.mutation_case import MutationCase
from usecases.demo import PASSWORD as FORMER
from usecases.mail.message_kind import MessageKind

CASE = MutationCase(
    mutation="passwordChange",
    done='{newPassword: "%(new)s"}',
    refused='{newPassword: "short"}',
)
CHECK_CASE = MutationCase(
    mutation="passwordCheck",
    done='{password: "x"}',
    changes_nothing="it says how strong a password would be, and must not leave a trace of having been asked",
)

ME = "{ me { email } }"


def headers(cast: Cast, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens[who]}"}


async def change(cast: Cast, who: str, password: str = PASSWORD) -> Payload:
    return await do(cast.client, "passwordChange", {"newPassword": password}, headers(cast, who))


async def age_reauthentication(database: Database, by: timedelta) -> None:
    """Give every session's password proof that age."""
    async with database.sessions.begin() as db:
        await db.execute(update(Session).values(reauthenticated_at=now() - by))


async def test_b33_the_new_password_signs_in_and_the_other_devices_are_out(cast: Cast, database: Database) -> None:
    elsewhere = await token_of(cast.client, "member")
    payload = await change(cast, "member")
    assert (payload["userErrors"], payload["account"]["email"]) == ([], "member@demo.example")
    assert (await post(cast.client, ME, headers=elsewhere)).status_code == 401
    assert (await cast.ask("member", ME))["data"]["me"] == {"email": "member@demo.example"}
    assert (await sign_in(cast.client, "member", PASSWORD)).json()["data"]["signIn"]["account"] is not None
    assert (await sign_in(cast.client, "member", FORMER)).json()["data"]["signIn"]["account"] is None
    assert (MessageKind.PASSWORD_CHANGED, "member@demo.example") in await messages(database)
    (entry,) = await audited(database, "account.passwordChange")
    member = (await account_of(database, "member")).id
    assert (entry.result, entry.actor_id, entry.subject_id) == ("DONE", member, member)
    assert entry.changes == {"sessions_ended": 1}


async def test_an_old_proof_of_the_password_is_not_enough(cast: Cast, database: Database) -> None:
    await age_reauthentication(database, timedelta(minutes=10, seconds=1))
    assert codes(await change(cast, "member")) == ["REAUTHENTICATION_REQUIRED"]
    assert (await sign_in(cast.client, "member", FORMER)).json()["data"]["signIn"]["account"] is not None
    await age_reauthentication(database, timedelta(minutes=9))
    assert codes(await change(cast, "member")) == []


REFUSED = {
    "lyhyt": "PASSWORD_TOO_SHORT",
    "password123456789": "PASSWORD_BREACHED",
    "abcdefghijklmnopqrstu": "PASSWORD_COMMON",
    "Jussi-Jussi-Jussi-1978": "PASSWORD_PERSONAL",
    "demo oy 2026 demo oy": "PASSWORD_PERSONAL",
    "OmaPosti2026OmaPosti": "PASSWORD_PERSONAL",
    "y" * 1025: "PASSWORD_TOO_LONG",
}


@pytest.mark.parametrize("password", REFUSED)
async def test_b49_the_rules_hold_here_as_well(cast: Cast, password: str) -> None:
    assert reasons(await change(cast, "member", password)) == [(REFUSED[password], "input.newPassword")]


@pytest.mark.parametrize(
    ("language", "start"),
    [
        ("fi", "Sinut tunteva ihminen kokeilee ensimmäiseksi: Jussi. "),
        ("sv", "Den som känner till dig provar först: Jussi. "),
        ("en", "Somebody who knows you tries this first: Jussi. "),
    ],
)
async def test_refusal_names_the_personal_word_and_the_audit_does_not(
    cast: Cast, database: Database, language: str, start: str
) -> None:
    asked = headers(cast, "member") | {"Accept-Language": language}
    payload = await do(cast.client, "passwordChange", {"newPassword": "jussi-jussi-jussi-1978"}, asked)
    assert payload["userErrors"][0]["message"].startswith(start)
    (entry,) = await audited(database, "account.passwordChange")
    assert entry.changes == {"reasons": ["PASSWORD_PERSONAL new_password"]}


async def test_password_change_voids_links_mailed_before(cast: Cast, database: Database) -> None:
    await do(cast.client, "emailChangeRequest", {"email": "uusi@muualla.example"}, headers(cast, "member"))
    await do(cast.client, "passwordResetRequest", {"email": "member@demo.example"})
    secret, reset = (
        await token(database, MessageKind.EMAIL_CHANGE_CONFIRM),
        await token(database, MessageKind.PASSWORD_RESET),
    )
    await change(cast, "member")
    confirmed = await do(cast.client, "emailChangeConfirm", {"token": secret}, headers(cast, "member"))
    assert codes(confirmed) == ["TOKEN_INVALID"]
    given = {"token": reset, "newPassword": "toinen pitkä salalause"}
    assert codes(await do(cast.client, "passwordReset", given)) == ["TOKEN_INVALID"]
    async with database.sessions() as db:
        assert (await db.scalars(select(EmailChange))).one().ended_at is not None
        assert (await db.scalars(select(PasswordReset))).one().ended_at is not None


async def test_the_task_is_done_and_the_rest_of_the_request_knows(cast: Cast, database: Database) -> None:
    await cast.sign_in(RESTRICTED)
    query = """mutation($i: PasswordChangeInput!) { passwordChange(input: $i) {
      account { tasks { kind } memberships { nodes { id } } } userErrors { code } } }"""
    answer = await cast.ask(RESTRICTED, query, {"i": {"newPassword": PASSWORD}})
    assert answer == {
        "data": {"passwordChange": {"account": {"tasks": [], "memberships": {"nodes": []}}, "userErrors": []}}
    }
    async with database.sessions() as db:
        assert (await db.scalars(select(Task).filter_by(kind=TaskKind.SET_NEW_PASSWORD))).one().done_at is not None


async def test_password_change_by_an_anonymous_caller_is_refused(cast: Cast) -> None:
    answer = await cast.ask("nobody", 'mutation { passwordChange(input: {newPassword: "x"}) { userErrors { code } } }')
    assert answer["data"] == {"passwordChange": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    ("password", "score", "expected"),
    [
        (PASSWORD, 4, []),
        ("aaaaaaaaaaaaaaaa", 0, ["PASSWORD_BREACHED"]),
        ("abc", 0, ["PASSWORD_TOO_SHORT"]),
        ("Liisa ja muut koirat", 4, []),
        ("LisättyLiisa1978!!", 1, ["PASSWORD_PERSONAL"]),
        ("jussi.jasen tuli 26", 2, ["PASSWORD_PERSONAL"]),
    ],
)
async def test_a_password_is_checked_while_it_is_typed(
    cast: Cast, password: str, score: int, expected: list[str]
) -> None:
    given = {"password": password, "email": "jussi.jasen@demo.example", "displayName": "Liisa Lisätty"}
    payload = await do(cast.client, "passwordCheck", given)
    assert (payload["score"], codes(payload)) == (score, expected)
    assert ("ADD_WORDS" in payload["hints"]) == (score < 3)


async def test_a_check_knows_who_is_signed_in(cast: Cast) -> None:
    given = {"password": "Jussi ja kissat 26"}
    assert codes(await do(cast.client, "passwordCheck", given)) == []
    assert codes(await do(cast.client, "passwordCheck", given, headers(cast, "member"))) == ["PASSWORD_PERSONAL"]


async def test_a_checked_password_is_in_no_log_and_no_table(cast: Cast, database: Database, app: Starlette) -> None:
    before = app.state.resources.passwords.runs
    with capture_logs() as logs:
        await do(cast.client, "passwordCheck", {"password": PASSWORD})
    assert PASSWORD not in str(logs)
    assert app.state.resources.passwords.runs == before + 1, "beside the event loop, and in the queue"
    assert await audited(database, "account.passwordCheck") == []
