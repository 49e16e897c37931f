"""The mailbox of development: letters as a person would see them, links that open, and nothing of it elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse, validate

from models.account import Language
from schema.build import SCHEMA
from server.app import create_app
from server.carriers import folder_carrier
from server.database import Database
from server.landing import LANDINGS
from server.mail_pace import Pace
from server.mailbox import mailbox_folder
from server.settings import Settings
from server.worker import MailWorker
from tests.server.conftest import client_of
from tests.server.letters import HEAD, TOKEN, letters, posted, statuses
from usecases.mail.letter import Letterhead
from usecases.mail.links import PAGES
from usecases.post import Letter


@pytest.fixture
async def mailbox(database: Database, dsn: str, settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a server in development, with three letters delivered into its folder."""
    own = replace(settings, data_dir=tmp_path)
    await posted(database, letter=Letter.PASSWORD_RESET)
    await posted(database, language=Language.SV, name="<script>alert(1)</script> www.evil.tk")
    head = Letterhead(own.front_end, HEAD.sender)
    worker = MailWorker(database.sessions, head, partial(folder_carrier, mailbox_folder(own)), Pace(100))
    await worker.drain()
    async with client_of(create_app(own, dsn)) as client:
        yield client


async def test_letters_are_listed_and_shown_as_html_and_text(mailbox: httpx.AsyncClient, database: Database) -> None:
    listed = (await mailbox.get("/dev/mailbox")).text
    assert "Aseta uusi salasana" in listed
    assert "Ditt lösenord byttes" in listed
    reset = (await letters(database))[0]
    page = (await mailbox.get(f"/dev/mailbox/{reset.id}")).text
    assert "liisa@posti.example" in page
    assert "Hei Liisa," in page
    html = await mailbox.get(f"/dev/mailbox/{reset.id}/html")
    assert f'href="http://127.0.0.1:8000{PAGES[Letter.PASSWORD_RESET]}#token={TOKEN}"' in html.text
    assert "sandbox" in html.headers["content-security-policy"]
    assert (await mailbox.get("/dev/mailbox/01234567-89ab-7def-8123-456789abcdef")).status_code == 404


async def test_a_strangers_name_is_text_on_every_page(mailbox: httpx.AsyncClient, database: Database) -> None:
    hostile = (await letters(database))[1]
    for path in (f"/dev/mailbox/{hostile.id}", f"/dev/mailbox/{hostile.id}/html", "/dev/mailbox"):
        page = (await mailbox.get(path)).text
        assert "<script>alert" not in page
        assert "evil.tk" not in page


async def test_a_link_opens_a_page_that_consumes_nothing_and_tells_nobody(
    mailbox: httpx.AsyncClient, database: Database
) -> None:
    before = await letters(database)
    for path in LANDINGS:
        response = await mailbox.get(path)
        assert response.status_code == 200
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "connect-src" not in response.headers["content-security-policy"]
        for asset in re.findall(r'(?:src|href)="(/dev/[^"]+)"', response.text):
            assert (await mailbox.get(asset)).status_code == 200
    after = await letters(database)
    assert [letter.status for letter in after] == [letter.status for letter in before]


async def test_in_the_demo_letters_arrive_while_the_server_runs(
    database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    demo = replace(settings, data_dir=tmp_path, demo=True)
    async with client_of(create_app(demo, dsn)) as client:
        await posted(database)
        async with asyncio.timeout(10):
            while "Salasanasi vaihdettiin" not in (await client.get("/dev/mailbox")).text:  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.05)
    assert await statuses(database) == ["SENT"]


def test_every_link_has_a_page_whose_operation_the_schema_knows() -> None:
    assert set(PAGES.values()) < set(LANDINGS)
    for path, landing in LANDINGS.items():
        assert validate(SCHEMA, parse(landing.document)) == [], path


@pytest.mark.parametrize(
    "changes",
    [{"environment": "production"}, {"environment": "staging"}, {"smtp_url": "smtp://127.0.0.1:25"}],
    ids=str,
)
async def test_no_mailbox_where_letters_go_out_or_strangers_come_in(
    dsn: str, settings: Settings, tmp_path: Path, changes: dict[str, Any]
) -> None:
    elsewhere = replace(settings, data_dir=tmp_path, **changes)
    async with client_of(create_app(elsewhere, dsn)) as client:
        for path in ("/dev/mailbox", "/dev/mailbox.css", "/dev/landing.js", *LANDINGS):
            assert (await client.get(path)).status_code == 404
