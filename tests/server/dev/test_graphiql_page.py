"""GraphiQL's page and files over HTTP: conditions for serving them, and their content security policy."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import parse, validate

from schema.build import SCHEMA
from server.app import create_app
from server.config.settings import Settings
from server.dev.graphiql import examples, graphiql_routes
from server.dev.graphiql_assets import FOLDER, PACKAGE_FILES, PACKAGES, integrity_of, page_files
from tests.server.conftest import client_of
from usecases.demo import PASSWORD, PEOPLE

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
async def visitor(dsn: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(settings, dsn)) as client:
        yield client


async def test_page_cannot_be_framed_and_runs_only_our_scripts(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.get("/graphql", headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert not re.search(r"<script(?![^>]*(src=|application/json))|\son\w+=", answer.text)


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/graphql-response+json, text/html;q=0.5"])
async def test_request_that_does_not_prefer_html_gets_the_api(visitor: httpx.AsyncClient, accept: str) -> None:
    answer = await visitor.get("/graphql", params={"query": "{ __typename }"}, headers={"accept": accept})
    assert answer.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "changes", [{"environment": "production"}, {"graphiql": False}], ids=["production", "switched off"]
)
async def test_graphiql_switched_off_serves_no_page_and_no_file(
    dsn: str, settings: Settings, changes: dict[str, Any]
) -> None:
    async with client_of(create_app(replace(settings, **changes), dsn)) as client:
        page = await client.get("/graphql", headers=BROWSER)
        assert page.status_code == 400
        assert page.headers["content-type"].startswith("application/json")
        for file in page_files():
            assert (await client.get(file.url)).status_code == 404


async def test_files_of_the_page_are_served_as_immutable(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/graphql", headers=BROWSER)).text
    named = re.findall(r'(?:src|href)="(/[^"]+)" integrity="([^"]+)"', page)
    assert len(named) >= 2
    for url, integrity in named:
        answer = await visitor.get(url)
        assert integrity_of(answer.content) == integrity
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript"}


@pytest.mark.parametrize(
    "name", ["page.js", "..%2fpage.html", "../package.json", "%2e%2e/%2e%2e/app.py", "node_modules", "", "page.js%00"]
)
async def test_unknown_file_name_is_404(visitor: httpx.AsyncClient, name: str) -> None:
    answer = await visitor.get(f"/graphql/assets/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/json")


async def test_demo_cast_is_offered_only_in_the_demo(dsn: str, settings: Settings) -> None:
    pages = {}
    for demo in (True, False):
        async with client_of(create_app(replace(settings, demo=demo), dsn)) as client:
            pages[demo] = (await client.get("/graphql", headers=BROWSER)).text
    assert all(
        f"<strong>{person.display_name}</strong> <span>{name}</span>" in pages[True] for name, person in PEOPLE.items()
    )
    assert PASSWORD not in pages[False]
    assert not any(person.display_name in pages[False] for person in PEOPLE.values())


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["query"].split("{")[0].split()[-1])
def test_examples_are_valid_and_have_a_comment(example: dict[str, str]) -> None:
    assert example["query"].startswith("# ")
    assert validate(SCHEMA, parse(example["query"])) == []
    json.loads(example.get("variables", "{}"))


def test_the_files_are_those_of_the_locked_packages() -> None:
    if not PACKAGES.is_dir():
        pytest.skip("npm's packages are not installed; run `npm ci --prefix server/dev/static/graphiql`")
    assert {path: integrity_of((PACKAGES / path).read_bytes()) for path in PACKAGE_FILES} == PACKAGE_FILES


async def test_page_without_npm_packages_allows_only_exact_cdn_files(
    dsn: str, settings: Settings, tmp_path: Path
) -> None:
    app = create_app(settings, dsn)
    app.router.routes[:0] = graphiql_routes(settings, packages=tmp_path)
    async with client_of(app) as client:
        answer = await client.get("/graphql", headers=BROWSER)
    assert "comes from a CDN" in answer.text
    urls = set(re.findall(r"https://[^ ;]+", answer.headers["content-security-policy"]))
    versions = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    assert len(urls) == len(PACKAGE_FILES)
    assert all(any(f"/{package}@{version}/" in url for package, version in versions.items()) for url in urls)


def test_lock_pins_every_package_and_names_no_registry() -> None:
    packages = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
