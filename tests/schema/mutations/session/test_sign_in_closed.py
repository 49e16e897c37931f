"""`signIn` to a closed account: only the right password is told about it, and how to reopen it."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from starlette.applications import Starlette

from models.db.clock import now
from models.mailed_secret import AccountClosure
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import BROWSER, account_of, audited, sign_in, statements
from tests.schema.mutations.account.closing import close, let_grace_pass
from tests.schema.mutations.account.mailed import token, tokens
from tests.schema.mutations.account.own_account import codes, do
from usecases.demo import PASSWORD
from usecases.mail.message_kind import MessageKind

TOLD = {
    "fi": "Tilisi on suljettu. Avaa se uudelleen linkistä, joka on sulkemisesta kertovassa viestissämme; linkki "
    "vanhenee 3.1.2030 klo 0.30 Suomen aikaa. Jos et löydä viestiä, pyydä uutta salasanaa, niin lähetämme sinulle "
    "uuden linkin.",
    "sv": "Ditt konto är stängt. Öppna det på nytt med länken i vårt meddelande om stängningen; länken fungerar till "
    "3.1.2030 kl. 0.30 finsk tid. Om du inte hittar meddelandet, be om ett nytt lösenord, så skickar vi en ny länk.",
    "en": "Your account is closed. To open it again, use the link in our message about the closing; the link works "
    "until 3 January 2030 at 0:30 Finnish time. If you cannot find the message, ask for a new password, and we send "
    "you a new link.",
}


@pytest.fixture
async def shut(cast: Cast, database: Database) -> Cast:
    """Return the cast after the consumer has closed the account."""
    assert (await close(cast, "consumer"))["userErrors"] == []
    return cast


@pytest.mark.parametrize("language", TOLD)
async def test_owner_is_told_that_it_is_closed_and_until_when(shut: Cast, database: Database, language: str) -> None:
    until = now().replace(year=2030, month=1, day=2, hour=22, minute=30)
    async with database.sessions.begin() as db:
        await db.execute(update(AccountClosure).values(erase_after=until))
    answer = await sign_in(shut.client, "consumer", headers={"Accept-Language": language})
    (error,) = answer.json()["data"]["signIn"]["userErrors"]
    assert (error["code"], error["field"]) == ("ACCOUNT_CLOSED", None)
    assert error["message"].replace("\u00a0", " ") == TOLD[language]


@pytest.mark.parametrize("transport", ["TOKEN", "COOKIE"])
async def test_attempt_on_a_closed_account_is_refused_and_recorded(
    shut: Cast, database: Database, transport: str
) -> None:
    response = await sign_in(shut.client, "consumer", transport=transport, headers=BROWSER)
    payload = response.json()["data"]["signIn"]
    assert (payload["account"], payload["accessToken"], payload["deviceToken"]) == (None, None, None)
    assert "set-cookie" not in response.headers
    entry = (await audited(database, "session.signIn"))[-1]
    assert (entry.result, entry.changes) == ("REFUSED", {"reasons": ["ACCOUNT_CLOSED"]})
    assert entry.subject_id == (await account_of(database, "consumer")).id


async def test_wrong_password_is_told_nothing_after_the_same_work(shut: Cast, app: Starlette) -> None:
    passwords = app.state.resources.passwords
    unknown = await sign_in(shut.client, "nobody-at-all", "wrong")
    wrong = await sign_in(shut.client, "consumer", "wrong")
    assert wrong.content == unknown.content
    before = passwords.runs
    assert await statements(shut.client, "consumer", "wrong") == await statements(shut.client, "nobody-at-all", "wrong")
    assert passwords.runs == before + 2


async def test_closed_account_after_its_grace_looks_unknown(shut: Cast, database: Database) -> None:
    await let_grace_pass(database, timedelta(seconds=1))
    unknown = await sign_in(shut.client, "nobody-at-all")
    assert (await sign_in(shut.client, "consumer")).content == unknown.content


async def test_a_new_password_asked_for_brings_the_link_that_opens(shut: Cast, database: Database) -> None:
    for _ in range(2):
        assert codes(await do(shut.client, "passwordResetRequest", {"email": "consumer@demo.example"})) == []
    former, newest = await tokens(database, MessageKind.ACCOUNT_REOPEN)
    first = await token(database, MessageKind.ACCOUNT_CLOSED)
    for dead in (first, former):
        assert codes(await do(shut.client, "accountCloseUndo", {"token": dead})) == ["TOKEN_INVALID"]
    assert codes(await do(shut.client, "accountCloseUndo", {"token": newest})) == []
    assert (await sign_in(shut.client, "consumer", PASSWORD)).json()["data"]["signIn"]["userErrors"] == []
