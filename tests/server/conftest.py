"""Fixtures: the application in this process for most tests, on a real socket where needed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import structlog
from playwright.async_api import Browser, async_playwright, expect
from starlette.applications import Starlette
from structlog.testing import capture_logs

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast, add_cast
from tests.server.dev.graphiql_page import ARGUMENTS, CHROMIUM
from tests.server.serving import serving
from tests.server.trying_schema import TRYING_SCHEMA

ORIGIN = "https://omaposti.example"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return a Chromium; each test opens a fresh profile in it."""
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application and return a client of it."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


@pytest.fixture(scope="session")
def trying_settings(settings: Settings) -> Settings:
    return replace(settings, allowed_origins=frozenset({ORIGIN}), operation_timeout=1.0, port=8000)


@pytest.fixture(scope="session")
async def trying(dsn: str, trying_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the schema with failing fields."""
    async with client_of(create_app(trying_settings, dsn, TRYING_SCHEMA)) as client:
        yield client


@pytest.fixture
async def client(database: Database, dsn: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the real application on an empty database."""
    async with client_of(create_app(settings, dsn)) as client:
        yield client


@pytest.fixture(scope="module")
def url(dsn: str, settings: Settings) -> Iterator[str]:
    """Return the address of the real application on a socket."""
    with serving(create_app(settings, dsn), settings) as url:
        yield url


@asynccontextmanager
async def signed_in_at(url: str, database: Database, *people: str) -> AsyncIterator[Cast]:
    """Add the cast and return it, with those people signed in at that address."""
    await add_cast(database)
    async with httpx.AsyncClient(base_url=url) as client:
        cast = Cast(client)
        for who in people:
            await cast.sign_in(who)
        yield cast


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    """Return the log records of the test."""
    with capture_logs() as entries:
        yield entries
