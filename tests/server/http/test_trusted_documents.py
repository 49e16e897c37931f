"""Persisted documents are requested by hash, and a deployment may allow no others."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest

from schema.build import SCHEMA
from server.app import create_app
from server.config.errors import ManifestError
from server.config.settings import Settings
from server.db.database import Database
from server.http.persisted_documents import TrustedDocuments, document_id_of

SERVICES = "query Services { services { code } }"
SERVICE = "query Service($code: String!) { service(code: $code) { code } }"
SIGN_OUT = "mutation { signOut { userErrors { code } } }"
IDS = {text: document_id_of(text) for text in (SERVICES, SERVICE, SIGN_OUT)}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps({key.removeprefix("sha256:"): text for text, key in IDS.items()}))
    return path


@asynccontextmanager
async def client_of(dsn: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, dsn, SCHEMA)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client,
    ):
        yield client


@pytest.fixture
async def client(dsn: str, database: Database, settings: Settings, manifest: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dsn, replace(settings, trusted_documents=manifest)) as client:
        yield client


@pytest.fixture
async def strict(dsn: str, database: Database, settings: Settings, manifest: Path) -> AsyncIterator[httpx.AsyncClient]:
    only = replace(settings, trusted_documents=manifest, trusted_documents_only=True)
    async with client_of(dsn, only) as client:
        yield client


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


async def test_a_document_is_asked_for_by_its_id(client: httpx.AsyncClient) -> None:
    body = {"documentId": IDS[SERVICE], "variables": {"code": "EXTRANET"}, "operationName": "Service"}
    for _ in range(3):  # graphql-core runs the first, compiled code the others
        response = await client.post("/graphql", json=body)
        assert response.json() == {"data": {"service": {"code": "EXTRANET"}}}


async def test_a_query_is_asked_for_by_get_and_a_mutation_is_not(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"documentId": IDS[SERVICE], "variables": '{"code": "PRINETTI"}'})
    assert response.json() == {"data": {"service": {"code": "PRINETTI"}}}
    assert (await client.get("/graphql", params={"documentId": IDS[SIGN_OUT]})).status_code == 405


async def test_an_unknown_id_says_what_to_do(client: httpx.AsyncClient) -> None:
    for unknown in ("sha256:" + "0" * 64, IDS[SERVICES].upper(), IDS[SERVICES].removeprefix("sha256:"), "x", ""):
        response = await client.post("/graphql", json={"documentId": unknown})
        assert (response.status_code, code_of(response)) == (400, "DOCUMENT_NOT_FOUND")


@pytest.mark.parametrize("body", [{"documentId": IDS[SERVICES], "query": SERVICES}, {"documentId": 3}, {}])
async def test_a_request_names_one_document(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    response = await client.post("/graphql", json=body)
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


async def test_any_document_runs_where_registration_is_not_required(client: httpx.AsyncClient) -> None:
    assert "data" in (await client.post("/graphql", json={"query": "{ services { id } }"})).json()


async def test_only_registered_documents_run_where_registration_is_required(strict: httpx.AsyncClient) -> None:
    assert "data" in (await strict.post("/graphql", json={"documentId": IDS[SERVICES]})).json()
    assert "data" in (await strict.post("/graphql", json={"query": SERVICES})).json()
    for text in ("{ services { id } }", SERVICES + " ", "{ __schema { queryType { name } } }"):
        response = await strict.post("/graphql", json={"query": text})
        assert (response.status_code, code_of(response)) == (400, "DOCUMENT_NOT_TRUSTED")
        assert "data" not in response.json()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"00": "{ me { id } }"}', b'{"sha256:00": 3}'])
def test_a_manifest_that_cannot_be_trusted_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"documents\.json"):
        TrustedDocuments.read(path)


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a device"])
def test_manifest_that_is_no_ordinary_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(ManifestError, match=rf"{kind}, not an ordinary file\); correct OMAPOSTI_TRUSTED_DOCUMENTS"):
        TrustedDocuments.read(path)


def test_required_registration_needs_a_manifest() -> None:
    with pytest.raises(ManifestError, match="needs OMAPOSTI_TRUSTED_DOCUMENTS"):
        TrustedDocuments.read(None, only=True)


@pytest.mark.parametrize(
    "text", ["{ nothing }", "{ me {", "{ me { id } " * 11 + "}" * 11], ids=["unknown", "broken", "deep"]
)
def test_a_registered_document_that_cannot_run_stops_the_start(
    dsn: str, settings: Settings, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps({document_id_of(text): text, IDS[SERVICES]: SERVICES}))
    with pytest.raises(ManifestError, match=document_id_of(text)):
        create_app(replace(settings, trusted_documents=path), dsn, SCHEMA)
