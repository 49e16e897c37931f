"""Unused HTTP methods are refused and echo nothing (ASVS V13.4.4)."""

import httpx
import pytest


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "DEBUG", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/graphql", "/healthz"])
async def test_unused_http_methods_are_refused(trying: httpx.AsyncClient, method: str, path: str) -> None:
    response = await trying.request(method, path, headers={"Cookie": "secret=hush"})
    assert response.status_code == 405
    assert "hush" not in response.text + str(response.headers)
