"""Use cases take the time as an argument: a rehearsal can move it, and all dates of one action are equal."""

import ast
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from auth.tokens import TokenKind
from models.device import Device
from models.mailed_secret import PASSWORD_RESET_BY_SECRET, PasswordReset
from models.message import Message
from models.refresh_token import RefreshToken
from models.session import Session
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.mutations.account.mailed import tokens
from tests.usecases.session.doors import Form, form
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor
from usecases.demo import DOMAIN, PASSWORD
from usecases.gate import Gate
from usecases.mail.message_kind import MessageKind
from usecases.refusal import RefusedError
from usecases.session.mailed_link import require_link
from usecases.session.session import SESSION_LIFETIME

USECASES = Path(__file__).parents[2] / "usecases"
CLOCKS = {"now", "seconds"}  # of models.db.clock
OWN_CLOCK = {"drop"}  # an import is dated by its one transaction
REHEARSED = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
MEMBER = f"member@{DOMAIN}"


@pytest.fixture
async def rehearsal(database: Database) -> AsyncIterator[Form]:
    """Return a door whose clock shows another year than the machine's."""
    await add_cast(database)
    async with form(database) as door:
        door.clock = lambda: REHEARSED
        yield door


def clocks_read(path: Path) -> list[str]:
    """Return the clocks that a module could read: names of `models.db.clock`, and calls of `datetime`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "models.db.clock"]
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [alias.name for node in imports for alias in node.names if alias.name in CLOCKS] + [
        call for call in calls if call.startswith(("datetime.now(", "datetime.utcnow(", "date.today("))
    ]


def test_no_use_case_reads_a_clock() -> None:
    modules = [path for path in USECASES.rglob("*.py") if path.relative_to(USECASES).parts[0] not in OWN_CLOCK]
    assert {str(path): read for path in modules if (read := clocks_read(path))} == {}


async def test_sign_in_is_dated_by_the_clock_of_its_door(rehearsal: Form, database: Database) -> None:
    assert (await rehearsal.sign_in(MEMBER, PASSWORD))[0] == "done"
    async with database.sessions() as db:
        opened, device = (await db.scalars(select(Session))).one(), (await db.scalars(select(Device))).one()
        refresh = (await db.scalars(select(RefreshToken))).one()
    dates = {opened.last_seen_at, opened.reauthenticated_at, device.created_at, device.last_seen_at, refresh.issued_at}
    assert dates == {REHEARSED}
    assert {opened.expires_at, refresh.expires_at} == {REHEARSED + SESSION_LIFETIME}


async def test_mailed_link_expires_by_the_clock_of_its_door(rehearsal: Form, database: Database) -> None:
    await rehearsal.request_reset(MEMBER)
    (secret,) = await tokens(database, MessageKind.PASSWORD_RESET)
    async with database.sessions() as db:
        kept, message = (await db.scalars(select(PasswordReset))).one(), (await db.scalars(select(Message))).one()
    assert (kept.created_at, message.created_at) == (REHEARSED, REHEARSED)
    for moment, is_good in ((kept.expires_at - timedelta(seconds=1), True), (kept.expires_at, False)):
        assert await finds(rehearsal, secret, moment) is is_good


async def finds(door: Form, secret: str, moment: datetime) -> bool:
    gate = Gate(action=Action.ACCOUNT_PASSWORD_RESET, actor=Actor(), resources=door.resources, clock=lambda: moment)
    try:
        await require_link(gate, TokenKind.PASSWORD_RESET, PASSWORD_RESET_BY_SECRET, secret)
    except RefusedError:
        return False
    return True
