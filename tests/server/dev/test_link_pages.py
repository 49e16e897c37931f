"""Pages behind mailed links: messages of real actions, opened and used in a real browser."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import delete

from models.account import EmailConfirmation
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.asking import post, sign_in, token_of
from tests.schema.mutations.account.own_account import do
from tests.server.dev.graphiql_page import CHROMIUM, GraphiQLPage, new_page
from tests.server.dev.mailbox_page import ServedMailbox
from tests.server.dev.pictures import photograph
from tests.server.mail.messages import messages
from tests.server.serving import serving
from usecases.demo import PASSWORD
from usecases.mail.message_kind import MessageKind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; install the package chromium"),
]
LIISA = "liisa@posti.example"
CHOSEN = "seitsemän harmaata kurkea lentää"
OTHER = "aivan toinen pitkä lause"
MEMBER = "member@demo.example"


@pytest.fixture
def mailbox(database: Database, dsn: str, settings: Settings, tmp_path: Path) -> Iterator[ServedMailbox]:
    own = replace(settings, data_dir=tmp_path)
    with serving(create_app(own, dsn), own) as address:
        yield ServedMailbox(address, own, database)


@pytest.fixture
async def client(mailbox: ServedMailbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=mailbox.address) as client:
        yield client


@pytest.fixture
async def visited(browser: Browser) -> AsyncIterator[GraphiQLPage]:
    """Return a page of a fresh profile; fails at the end if the console has errors."""
    async with new_page(browser) as visited:
        yield visited
        assert visited.complaints == []


async def sign_up(client: httpx.AsyncClient) -> None:
    payload = await do(client, "signUp", {"email": LIISA, "password": CHOSEN, "displayName": "Liisa Valittu"}, {})
    assert payload["userErrors"] == []


async def name_of(client: httpx.AsyncClient, email: str, password: str) -> str | None:
    """Return the display name of the account that the password opens, or None."""
    answer = (await sign_in(client, email, password)).json()["data"]["signIn"]
    if answer["account"] is None:
        return None
    headers = {"Authorization": f"Bearer {answer['accessToken']}"}
    name: str = (await post(client, "{ me { displayName } }", headers=headers)).json()["data"]["me"]["displayName"]
    return name


async def press(page: Page) -> None:
    await page.locator("#form button").click()


async def test_sign_up_page_keeps_the_password_and_name_chosen_at_sign_up(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await sign_up(client)
    await mailbox.open_link(visited.page, MessageKind.SIGN_UP_CONFIRM)
    await press(visited.page)
    await expect(visited.page.locator("#password-fault")).to_have_text("Fill this in first.")
    assert f"{mailbox.address}/graphql" not in visited.requested, "nothing is sent before the field is filled in"
    await visited.page.get_by_label("Password chosen at sign-up").fill(CHOSEN)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("The account is open")
    assert await name_of(client, LIISA, CHOSEN) == "Liisa Valittu"
    await expect(visited.page.locator("#form")).to_be_hidden()
    await photograph(visited.page, "link-sign-up-confirm-done")


async def test_sign_up_page_refuses_a_wrong_password_and_leaves_the_link_good(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await sign_up(client)
    await mailbox.open_link(visited.page, MessageKind.SIGN_UP_CONFIRM)
    await visited.page.get_by_label("Password chosen at sign-up").fill(OTHER)
    await press(visited.page)
    await expect(visited.page.locator("#password-fault")).not_to_be_empty()
    await expect(visited.page.locator("#answer")).to_contain_text("PASSWORD_WRONG")
    await photograph(visited.page, "link-sign-up-confirm-wrong-password")
    await visited.page.get_by_label("Password chosen at sign-up").fill(CHOSEN)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("The account is open")


async def test_sign_up_page_takes_a_new_password_and_name_by_choice(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await sign_up(client)
    await mailbox.open_link(visited.page, MessageKind.SIGN_UP_CONFIRM)
    await visited.page.get_by_label("Password chosen at sign-up").fill("left behind in the other choice")
    await visited.page.get_by_label("I forgot it").check()
    await visited.page.get_by_label("New password", exact=True).fill(OTHER)
    await visited.page.get_by_label("Your name").fill("Liisa Toinen")
    await expect(visited.page.locator("#variables")).not_to_contain_text(OTHER)
    await photograph(visited.page, "link-sign-up-confirm-new-password")
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("The account is open")
    assert await name_of(client, LIISA, OTHER) == "Liisa Toinen"


async def test_reset_page_sets_the_password_that_is_typed(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await add_cast(mailbox.database)
    await do(client, "passwordResetRequest", {"email": MEMBER}, {})
    await mailbox.open_link(visited.page, MessageKind.PASSWORD_RESET)
    await visited.page.get_by_label("New password").fill("short")
    await press(visited.page)
    await expect(visited.page.locator("#newPassword-fault")).not_to_be_empty()
    await visited.page.get_by_label("New password").fill(CHOSEN)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("The password is set")
    assert await name_of(client, MEMBER, CHOSEN) == "Jussi Jäsen"


async def test_email_change_pages_confirm_signed_in_and_undo_signed_out(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await add_cast(mailbox.database)
    asked = await do(client, "emailChangeRequest", {"email": LIISA}, await token_of(client, "member"))
    assert asked["userErrors"] == []
    await mailbox.open_link(visited.page, MessageKind.EMAIL_CHANGE_CONFIRM)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("Nobody is signed in")
    await sign_in_by_cookie(visited.page)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("has its new address")
    assert await name_of(client, LIISA, PASSWORD) == "Jussi Jäsen"
    await mailbox.open_link(visited.page, MessageKind.EMAIL_CHANGED_NOTICE)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("has its old address again")
    assert await name_of(client, LIISA, PASSWORD) is None


async def sign_in_by_cookie(page: Page) -> None:
    """Sign the browser in as GraphiQL does, without leaving the page."""
    document = f'mutation {{ signIn(input: {{email: "{MEMBER}", password: "{PASSWORD}"}}) {{ account {{ email }} }} }}'
    answer = await page.evaluate("query => post({ query })", document)
    assert answer["data"]["signIn"]["account"] == {"email": MEMBER}, answer


async def test_reopening_page_opens_a_closed_account(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await add_cast(mailbox.database)
    closed = await do(client, "accountClose", {}, await token_of(client, "consumer"))
    assert closed["userErrors"] == []
    await mailbox.open_link(visited.page, MessageKind.ACCOUNT_CLOSED)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("open again")
    assert await name_of(client, "consumer@demo.example", PASSWORD) == "Kaisa Kuluttaja"


async def test_confirmation_page_of_an_active_account_changes_nothing_else(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await add_cast(mailbox.database)
    async with mailbox.database.sessions.begin() as db:
        await db.execute(delete(EmailConfirmation).where(EmailConfirmation.email_key == MEMBER))
    await do(client, "emailConfirmationResend", {"email": MEMBER}, {})
    await mailbox.open_link(visited.page, MessageKind.EMAIL_PROOF)
    await expect(visited.page.locator("#form input")).to_have_count(0)
    await press(visited.page)
    await expect(visited.page.get_by_role("status")).to_contain_text("The address is confirmed")
    assert await name_of(client, MEMBER, PASSWORD) == "Jussi Jäsen"


async def test_message_page_recognises_an_id_and_warns_of_others(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await sign_up(client)
    await mailbox.deliver()
    (sent,) = await messages(mailbox.database)
    page = visited.page
    await page.goto(f"{mailbox.address}/message")
    for code, told in (("AAAAA-BBBBB-CCCCC", "We have sent no message"), (sent.verification_code, "We sent this")):
        await page.get_by_label("Message id").fill(code)
        await press(page)
        await expect(page.get_by_role("status")).to_contain_text(told)
        await photograph(page, f"link-message-{'genuine' if code == sent.verification_code else 'unknown'}")


async def test_page_without_the_secret_runs_nothing(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    await visited.page.goto(f"{mailbox.address}/account/reopen")
    await expect(visited.page.get_by_role("status")).to_contain_text("Open the link in the message again")
    await expect(visited.page.locator("#form button")).to_be_disabled()


async def test_second_link_in_the_same_tab_replaces_the_first(mailbox: ServedMailbox, visited: GraphiQLPage) -> None:
    page = visited.page
    await page.goto(f"{mailbox.address}/account/reopen#token=first")
    await page.goto(f"{mailbox.address}/account/reopen#token=second")
    await expect(page.locator("#variables")).to_contain_text('"token": "second"')


async def test_secret_of_a_link_stays_out_of_requested_urls(
    mailbox: ServedMailbox, client: httpx.AsyncClient, visited: GraphiQLPage
) -> None:
    await sign_up(client)
    await mailbox.open_link(visited.page, MessageKind.SIGN_UP_CONFIRM)
    secret = visited.page.url.partition("#token=")[2]
    assert secret
    await expect(visited.page.locator("#variables")).to_contain_text(secret)
    await visited.page.get_by_label("Password chosen at sign-up").fill(CHOSEN)
    link = await visited.page.locator("#run").get_attribute("href") or ""
    assert link.startswith("/graphql#query=")
    assert secret in link
    assert "kurkea" not in link, "a password stays in its field"
    assert not [url for url in visited.requested if secret in url.partition("#")[0]]
