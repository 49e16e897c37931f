"""A service's credential passes through the same `authenticate` as a person's: over HTTP and sockets, in the audit."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select

from auth import authentication
from auth.authentication import Credential
from auth.tokens import TokenKind
from auth.viewer import ServiceViewer
from models.audit import AuditEntry
from models.db.query import Row
from models.session import VIEWER_BY_ACCESS_TOKEN
from server.db.database import Database
from tests.cast import Cast
from tests.server.conftest import signed_in_at
from tests.server.websocket.socket_client import INIT, opened
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit


def service_of(row: Row) -> ServiceViewer:
    """Return a service in place of the person whose access token was found."""
    return ServiceViewer(row["session_id"], "EXTRANET")


@pytest.fixture
async def cast(url: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cast]:
    """Return the cast with a member whose access token now is the credential of a service."""
    async with signed_in_at(url, database, "member") as cast:
        credential = Credential(VIEWER_BY_ACCESS_TOKEN, service_of)
        monkeypatch.setitem(authentication.CREDENTIALS, TokenKind.ACCESS, credential)
        yield cast


async def test_service_reads_public_fields_alone_over_http(cast: Cast) -> None:
    for _ in range(2):  # the second time by compiled code
        answer = await cast.ask("member", "{ me { email } services { code } }")
        assert answer["data"]["me"] is None
        assert len(answer["data"]["services"]) == 4
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_service_cannot_act_as_a_person(cast: Cast) -> None:
    answer = await cast.ask("member", "mutation { accountClose { userErrors { code } } }")
    assert answer["data"]["accountClose"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_socket_of_a_service_is_closed(cast: Cast, url: str) -> None:
    """A revoked credential would go unnoticed, because services are not polled."""
    async with opened(url) as socket:
        await socket.say(INIT | {"payload": {"authorization": f"Bearer {cast.tokens['member']}"}})
        assert await socket.closed() == 4403


async def test_audit_names_the_service_as_actor(database: Database) -> None:
    viewer = ServiceViewer(UUID(int=1), "EXTRANET")
    async with database.sessions.begin() as db:
        write_audit(db, Actor(viewer, request_id="r"), AuditRecord(Action.PROFILE_UPDATE))
    async with database.sessions() as db:
        entry = (await db.scalars(select(AuditEntry).where(AuditEntry.action == Action.PROFILE_UPDATE))).one()
    assert (entry.actor_id, entry.actor_name) == (None, "service:EXTRANET")
