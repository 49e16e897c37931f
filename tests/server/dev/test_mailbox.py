"""Development mailbox: messages as their recipient sees them, working links, and absence in production."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    OperationDefinitionNode,
    get_named_type,
    parse,
    type_from_ast,
    validate,
)

from models.account import Language
from schema.build import SCHEMA
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.dev.link_pages import LINK_PAGES, LinkPage, plain_page
from server.mail.rate_limit import DomainRateLimit
from server.mail.transports import folder_transport
from server.mail.worker import MailWorker
from tests.server.conftest import client_of
from tests.server.mail.messages import HEAD, TOKEN, enqueued, messages, statuses
from usecases.mail.message_head import MessageHead
from usecases.mail.message_kind import Link, MessageKind


@pytest.fixture
async def mailbox(database: Database, dsn: str, settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a server in development, with three messages delivered into its folder."""
    own = replace(settings, data_dir=tmp_path)
    await enqueued(database, kind=MessageKind.PASSWORD_RESET)
    await enqueued(database, language=Language.SV, name="<script>alert(1)</script> www.evil.tk")
    head = MessageHead(own.front_end, HEAD.sender)
    worker = MailWorker(database.sessions, head, partial(folder_transport, own.mailbox_folder), DomainRateLimit(100))
    await worker.drain()
    async with client_of(create_app(own, dsn)) as client:
        yield client


async def test_messages_are_listed_and_shown_as_html_and_text(mailbox: httpx.AsyncClient, database: Database) -> None:
    listed = (await mailbox.get("/dev/mailbox")).text
    assert "Aseta uusi salasana" in listed
    assert "Ditt lösenord byttes" in listed
    reset = (await messages(database))[0]
    page = (await mailbox.get(f"/dev/mailbox/{reset.id}")).text
    assert "liisa@posti.example" in page
    assert "Hei Liisa," in page
    html = await mailbox.get(f"/dev/mailbox/{reset.id}/html")
    assert f'href="http://localhost:8000/password/reset#token={TOKEN}"' in html.text
    assert "sandbox" in html.headers["content-security-policy"]
    assert (await mailbox.get("/dev/mailbox/01234567-89ab-7def-8123-456789abcdef")).status_code == 404


async def test_name_with_markup_is_escaped_on_every_page(mailbox: httpx.AsyncClient, database: Database) -> None:
    hostile = (await messages(database))[1]
    for path in (f"/dev/mailbox/{hostile.id}", f"/dev/mailbox/{hostile.id}/html", "/dev/mailbox"):
        page = (await mailbox.get(path)).text
        assert "<script>alert" not in page
        assert "evil.tk" not in page


async def test_link_page_talks_to_its_own_server_alone(mailbox: httpx.AsyncClient, database: Database) -> None:
    before = await messages(database)
    for path in LINK_PAGES:
        response = await mailbox.get(path)
        assert response.status_code == 200
        assert response.headers["referrer-policy"] == "no-referrer"
        policy = response.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(policy)
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", response.text)
        for asset in re.findall(r'(?:src|href)="(/dev/[^"]+)"', response.text):
            assert (await mailbox.get(asset)).status_code == 200
    after = await messages(database)
    assert [message.status for message in after] == [message.status for message in before]


async def test_in_the_demo_messages_arrive_while_the_server_runs(
    database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    demo = replace(settings, data_dir=tmp_path, demo=True)
    async with client_of(create_app(demo, dsn)) as client:
        await enqueued(database)
        async with asyncio.timeout(10):
            while "Salasanasi vaihdettiin" not in (await client.get("/dev/mailbox")).text:  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.05)
    assert await statuses(database) == ["SENT"]


def test_every_link_has_a_page_whose_operation_the_schema_knows() -> None:
    assert set(LINKS) < set(LINK_PAGES)
    for path, landing in LINK_PAGES.items():
        assert validate(SCHEMA, parse(landing.document)) == [], path


LINKS = {kind.any_link.page: kind.any_link for kind in MessageKind if kind.any_link}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_plain_page_of_a_link_asks_for_what_its_mutation_needs(link: Link) -> None:
    """A new kind of message needs no page of its own."""
    page = plain_page(link)
    assert validate(SCHEMA, parse(page.document)) == []
    needed, known = _inputs(page)
    (choice,) = page.choices
    given = {"token", *(field.name for field in choice.fields)}
    assert needed <= given <= known
    assert [field.type for field in choice.fields] == ["password"] * len(choice.fields)


@pytest.mark.parametrize("path", LINK_PAGES)
def test_link_page_asks_for_what_its_operation_needs_and_no_more(path: str) -> None:
    page = LINK_PAGES[path]
    needed, known = _inputs(page)
    for choice in page.choices:
        given = {field.name for field in choice.fields} | ({page.secret} if page.secret else set())
        assert needed <= given <= known


def _inputs(page: LinkPage) -> tuple[set[str], set[str]]:
    """Return the names of the required and of all inputs: the variables, or the fields of the variable `input`."""
    operation = parse(page.document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    types = {
        variable.variable.name.value: type_from_ast(SCHEMA, variable.type)
        for variable in operation.variable_definitions or ()
    }
    if page.wrapped:
        input_type = get_named_type(types["input"])
        assert isinstance(input_type, GraphQLInputObjectType)
        types = {name: field.type for name, field in input_type.fields.items()}
    return {name for name, kind in types.items() if isinstance(kind, GraphQLNonNull)}, set(types)


async def test_link_page_fills_in_nothing_beforehand(mailbox: httpx.AsyncClient) -> None:
    for path in LINK_PAGES:
        page = (await mailbox.get(path)).text
        for field in re.findall(r"<input [^>]*>", page):
            assert "value=" not in field or 'type="radio"' in field, path


async def test_missing_message_is_a_page_that_says_so(mailbox: httpx.AsyncClient) -> None:
    for end in ("", "/html"):
        answer = await mailbox.get(f"/dev/mailbox/01234567-89ab-7def-8123-456789abcdef{end}")
        assert answer.status_code == 404
        assert "There is no such message" in answer.text


@pytest.mark.parametrize(
    "changes",
    [{"environment": "production"}, {"environment": "staging"}, {"smtp_url": "smtp://127.0.0.1:25"}],
    ids=str,
)
async def test_mailbox_is_missing_with_a_mail_server_or_in_production(
    dsn: str, settings: Settings, tmp_path: Path, changes: dict[str, Any]
) -> None:
    elsewhere = replace(settings, data_dir=tmp_path, **changes)
    async with client_of(create_app(elsewhere, dsn)) as client:
        for path in ("/dev/mailbox", "/dev/mailbox.css", "/dev/brand.css", "/dev/link_page.js", *LINK_PAGES):
            assert (await client.get(path)).status_code == 404
