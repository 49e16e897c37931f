"""The place of an action, as people see it in alarms, in the list of devices and in their history."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import create_app
from server.cli.common import clear_failures
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast, add_cast, signed_in_cast
from tests.schema.asking import post, sign_in
from tests.server.mail.mail_server import mail_server
from tests.server.mail.messages import messages, worker_for
from tests.usecases.mmdb import written
from usecases.mail.message_kind import MessageKind

HISTORY = "{ me { sessions { nodes { place } } auditEntries(first: 3) { nodes { place } } } }"
NETWORKS = '{ node(id: "%s") { ... on Account { auditEntries(first: 3) { nodes { place network } } } } }'


@pytest.fixture
async def located(database: Database, dsn: str, settings: Settings, tmp_path: Path) -> AsyncIterator[Cast]:
    """Return the cast, signed in from 127.0.0.1 at a server with a GeoIP database."""
    application = create_app(replace(settings, geoip_database=written(tmp_path)), dsn)
    await add_cast(database)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://testserver") as client,
    ):
        yield await signed_in_cast(client)


async def asked(cast: Cast, who: str, query: str, language: str = "fi") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {cast.tokens[who]}", "Accept-Language": language}
    answer: dict[str, Any] = (await post(cast.client, query, headers=headers)).json()
    return answer


@pytest.mark.parametrize(("language", "place"), [("fi", "Tampere, Suomi"), ("sv", "Tammerfors, Finland")])
async def test_devices_and_history_tell_the_place(located: Cast, language: str, place: str) -> None:
    for _ in range(2):  # the second time the query is compiled
        me = (await asked(located, "member", HISTORY, language))["data"]["me"]
        assert {node["place"] for node in me["sessions"]["nodes"]} == {place}
        assert {node["place"] for node in me["auditEntries"]["nodes"]} == {place}


async def test_alarm_tells_the_place_and_no_network(located: Cast, database: Database) -> None:
    await sign_in(located.client, "member")
    (message,) = [it for it in await messages(database) if it.kind == MessageKind.SIGNED_IN_FROM_NEW_DEVICE]
    assert (message.facts["country"], message.facts["city"]) == ("FI", "Tampere")
    assert "127.0.0" not in str(message.facts)
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    for part in mails.mails[0].iter_parts():
        assert "Tampere, Suomi" in part.get_content()


async def test_place_is_unknown_without_a_geoip_database(cast: Cast, database: Database) -> None:
    me = (await cast.ask("member", HISTORY))["data"]["me"]
    assert {node["place"] for node in [*me["sessions"]["nodes"], *me["auditEntries"]["nodes"]]} == {None}
    await sign_in(cast.client, "member")
    assert not {"place", "country", "city"} & (await messages(database))[-1].facts.keys()


async def test_network_is_for_support_only(cast: Cast) -> None:
    query = NETWORKS % cast.ids["member"]
    for _ in range(2):
        own = await cast.ask("member", query)
        assert {error["extensions"]["code"] for error in own["errors"]} == {"FORBIDDEN"}
        assert {node["network"] for node in own["data"]["node"]["auditEntries"]["nodes"]} == {None}
        support = await cast.ask("support", query)
        assert {node["network"] for node in support["data"]["node"]["auditEntries"]["nodes"]} == {"127.0.0.0/24"}


def test_server_does_not_start_with_a_broken_database(dsn: str, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"no database")
    with (
        pytest.raises(SystemExit, match=r"^omaposti: OMAPOSTI_GEOIP_DATABASE: .*broken\.mmdb cannot be read"),
        clear_failures(),
    ):
        create_app(replace(settings, geoip_database=tmp_path / "broken.mmdb"), dsn)
