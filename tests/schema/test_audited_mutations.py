"""Every mutation, done and refused, leaves exactly one entry in the audit; a new one that is not listed fails here."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from models.audit import AuditEntry
from models.message import Message
from models.session import Session
from resolvers import global_id
from schema.build import SCHEMA
from server.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, post
from tests.schema.closing import close, mailed_token
from usecases.audit_chain import verify_chain
from usecases.demo import PASSWORD

NEW_PASSWORD = "kolme uutta sanaa peräkkäin"
WELL_FORMED = "a" * 43

# By mutation: the input of a deed that is done, where one can be asked for at once, and of one that is refused.
DONE = {
    "signIn": '{email: "member@demo.example", password: "%(password)s", transport: TOKEN}',
    "signOut": None,
    "sessionRefresh": '{refreshToken: "%(refresh)s"}',
    "sessionRevoke": '{id: "%(other_session)s"}',
    "otherSessionsRevoke": None,
    "reauthenticate": '{password: "%(password)s"}',
    "signUp": '{email: "uusi@demo.example", password: "%(new)s", displayName: "Uusi"}',
    "emailConfirmationResend": '{email: "member@demo.example"}',
    "passwordResetRequest": '{email: "member@demo.example"}',
    "passwordChange": '{newPassword: "%(new)s"}',
    "emailChangeRequest": '{email: "jussi.uusi@demo.example"}',
    "profileUpdate": '{version: 1, givenName: "Jussi"}',
    "accountExport": None,
    "accountClose": None,
    "emailConfirm": '{token: "%(mailed)s", password: "%(new)s"}',
    "passwordReset": '{token: "%(mailed)s", newPassword: "%(new)s"}',
    "emailChangeConfirm": '{token: "%(mailed)s"}',
    "emailChangeRevert": '{token: "%(mailed)s"}',
    "accountCloseUndo": '{token: "%(closing)s"}',
}
# What mails the link that a deed needs.
BEFORE = {
    "emailConfirm": ["signUp"],
    "passwordReset": ["passwordResetRequest"],
    "emailChangeConfirm": ["emailChangeRequest"],
    "emailChangeRevert": ["emailChangeRequest", "emailChangeConfirm"],
}
REFUSED = {
    "signIn": '{email: "member@demo.example", password: "wrong", transport: TOKEN}',
    "sessionRefresh": '{refreshToken: "ref_%(well_formed)s"}',
    "sessionRevoke": '{id: "x"}',
    "reauthenticate": '{password: "wrong"}',
    "signUp": '{email: "x", password: "x", displayName: "x"}',
    "emailConfirm": '{token: "sup_%(well_formed)s"}',
    "emailConfirmationResend": '{email: "x"}',
    "passwordResetRequest": '{email: "x"}',
    "passwordReset": '{token: "rst_%(well_formed)s", newPassword: "%(new)s"}',
    "passwordChange": '{newPassword: "short"}',
    "emailChangeRequest": '{email: "x"}',
    "emailChangeConfirm": '{token: "chg_%(well_formed)s"}',
    "emailChangeRevert": '{token: "und_%(well_formed)s"}',
    "profileUpdate": '{version: 7, givenName: "Jussi"}',
    "accountCloseUndo": '{token: "cls_%(well_formed)s"}',
}
NOT_DEEDS = {"passwordCheck": "it says how strong a password would be, and must not leave a trace of having been asked"}
CALLS = [(name, given, "DONE") for name, given in DONE.items()] + [
    (name, given, "REFUSED") for name, given in REFUSED.items()
]


@dataclass
class Asker:
    """The member, signed in with a browser that says what it is, and what her calls need."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    session_id: str
    facts: dict[str, str]


@pytest.fixture
async def asker(cast: Cast, client: httpx.AsyncClient, database: Database) -> Asker:
    await close(cast, "consumer")
    closing = await mailed_token(database)
    query = """mutation { signIn(input: {email: "member@demo.example", password: "%s", transport: TOKEN}) {
      accessToken refreshToken } }"""
    payload = (await post(client, query % PASSWORD)).json()["data"]["signIn"]
    account = await account_of(database, "member")
    async with database.sessions() as session:
        found = select(Session.id).where(Session.account_id == account.id).order_by(Session.id)
        other, own = list(await session.scalars(found))
    facts = {
        "password": PASSWORD,
        "new": NEW_PASSWORD,
        "well_formed": WELL_FORMED,
        "refresh": payload["refreshToken"],
        "other_session": global_id.encode("Session", other),
        "closing": closing,
    }
    headers = {"Authorization": f"Bearer {payload['accessToken']}", "User-Agent": "Tester/1.0"}
    return Asker(client, headers, str(own), facts)


def test_every_mutation_is_listed() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(SCHEMA.mutation_type.fields) == set(DONE) | set(REFUSED) | set(NOT_DEEDS)


async def ask(asker: Asker, name: str, given: str | None) -> httpx.Response:
    """Return the response to one mutation."""
    arguments = f"(input: {given % asker.facts})" if given is not None else ""
    document = f"mutation {{ {name}{arguments} {{ userErrors {{ code }} }} }}"
    return await post(asker.client, document, headers=asker.headers)


async def newest_token(database: Database) -> str:
    """Return what the newest letter with a link holds."""
    async with database.sessions() as session:
        letters = select(Message.secrets["token"].astext).where(Message.secrets.is_not(None))
        return str((await session.scalars(letters.order_by(Message.id.desc()).limit(1))).one())


async def newest(database: Database) -> AuditEntry:
    """Return the newest entry."""
    async with database.sessions() as session:
        return (await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))).one()


async def how_many(database: Database) -> int:
    """Return how many entries there are."""
    async with database.sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(AuditEntry)) or 0)


@pytest.mark.parametrize(("name", "given", "result"), CALLS, ids=[f"{name} {result}" for name, _, result in CALLS])
async def test_b80_every_mutation_leaves_exactly_one_entry_with_who_and_whence(
    asker: Asker, database: Database, name: str, given: str | None, result: str
) -> None:
    for earlier in BEFORE.get(name, []) if result == "DONE" else []:
        await ask(asker, earlier, DONE[earlier])
        asker.facts["mailed"] = await newest_token(database)
    before = await how_many(database)
    response = await ask(asker, name, given)
    answer: dict[str, Any] = response.json()
    assert "errors" not in answer, answer
    assert bool(answer["data"][name]["userErrors"]) == (result == "REFUSED"), answer
    assert await how_many(database) == before + 1
    entry = await newest(database)
    assert entry.result == result
    assert (entry.request_id, entry.address) == (response.headers["x-request-id"], "127.0.0.1")
    assert entry.user_agent == "Tester/1.0"
    assert (str(entry.session_id), entry.actor_id is not None) == (asker.session_id, True)
    assert not any(secret in str(entry.changes) for secret in (PASSWORD, NEW_PASSWORD, WELL_FORMED))
    async with database.sessions() as session:
        assert (await verify_chain(session, {}, lambda _: None)).broken is None
