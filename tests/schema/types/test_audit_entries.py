"""`me.auditEntries`: the history of the viewer's own account in words, newest first."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from models.audit import AuditEntry
from resolvers.core import global_id
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, post, sign_in, token_of
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit

HISTORY = """query($first: Int, $after: String) { me { auditEntries(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { id at action result text actor device place } } } }"""


async def history(
    client: httpx.AsyncClient, headers: dict[str, str], language: str = "en", **window: Any
) -> dict[str, Any]:
    """Return a page of the caller's history."""
    answer = (await post(client, HISTORY, window, headers | {"Accept-Language": language})).json()
    assert "errors" not in answer, answer
    page: dict[str, Any] = answer["data"]["me"]["auditEntries"]
    return page


async def test_the_newest_is_first_with_where_it_came_from_coarsely(
    app: Starlette, cast: Cast, database: Database
) -> None:
    transport = httpx.ASGITransport(app, client=("198.51.100.77", 4711))
    browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        client.headers["User-Agent"] = browser
        await sign_in(client, "consumer", "wrong")
        headers = await token_of(client, "consumer")
        change = 'mutation { profileUpdate(input: {version: 1, displayName: "Kaisa K"}) { userErrors { code } } }'
        await post(client, change, headers=headers)
        page = await history(client, headers)
    told = [{name: node[name] for name in node if name not in {"id", "at"}} for node in page["nodes"]]
    where = {"device": "Firefox, Windows", "place": None}
    assert told[:3] == [
        {
            "action": "profile.update",
            "result": "DONE",
            "text": "Your details were changed.",
            "actor": "YOU",
            **where,
        },
        {"action": "session.signIn", "result": "DONE", "text": "Signed in.", "actor": "NOT_SIGNED_IN", **where},
        {
            "action": "session.signIn",
            "result": "REFUSED",
            "text": "Somebody tried to sign in with a wrong password, or when signing in was not possible.",
            "actor": "NOT_SIGNED_IN",
            **where,
        },
    ]
    times = [node["at"] for node in page["nodes"]]
    assert times == sorted(times, reverse=True)
    assert "198.51.100.77" not in str(page), "nor anything finer"


@pytest.mark.parametrize(
    ("language", "text"), [("fi", "Sisäänkirjautuminen."), ("sv", "Inloggning."), ("en", "Signed in.")]
)
async def test_the_words_are_in_the_language_asked_for(
    cast: Cast, client: httpx.AsyncClient, language: str, text: str
) -> None:
    page = await history(client, {"Authorization": f"Bearer {cast.tokens['consumer']}"}, language)
    assert [node["text"] for node in page["nodes"]] == [text]


async def test_a_page_at_a_time_shows_every_entry_once(cast: Cast, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {cast.tokens['consumer']}"}
    for version in range(1, 6):
        change = f'mutation {{ profileUpdate(input: {{version: {version}, displayName: "Kaisa {"I" * version}"}}) {{ '
        await post(client, change + "userErrors { code } } }", headers=headers)
    whole = await history(client, headers)
    assert whole["totalCount"] == 6
    seen, cursor = [], None
    while True:
        page = await history(client, headers, first=2, after=cursor)
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["pageInfo"]["endCursor"]
    assert seen == [node["id"] for node in whole["nodes"]]


async def test_actor_kind_is_shown_and_other_people_stay_unnamed(
    cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    consumer, support = await account_of(database, "consumer"), await account_of(database, "support")
    async with database.sessions.begin() as db:
        write_audit(db, Actor(name="drop-import"), AuditRecord(Action.ACCOUNT_IMPORT, consumer.id))
    async with database.sessions.begin() as db:
        db.add(AuditEntry(action="future.action", actor_id=support.id, subject_id=consumer.id))
    page = await history(client, {"Authorization": f"Bearer {cast.tokens['consumer']}"})
    told = [(node["action"], node["actor"], node["text"]) for node in page["nodes"][:2]]
    assert told == [
        ("future.action", "SOMEBODY_ELSE", "Something else was done to your account: future.action."),
        ("account.import", "SYSTEM", "Your account was prepared from the details of your old code."),
    ]
    assert str(support.id) not in str(page)


async def test_audit_entry_is_read_by_its_owner_and_staff_only(cast: Cast, database: Database) -> None:
    member = await account_of(database, "member")
    async with database.sessions.begin() as db:
        entry = AuditEntry(action="session.signIn", subject_id=member.id)
        db.add(entry)
    query = "query($id: ID!) { node(id: $id) { ... on AuditEntry { action } } }"
    variables = {"id": global_id.encode("AuditEntry", entry.id)}
    readers = [
        who for who in cast.tokens if (await cast.ask(who, query, variables)).get("data", {}).get("node") is not None
    ]
    assert sorted(readers) == ["auditor", "member", "support"]
