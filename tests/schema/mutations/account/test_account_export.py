"""`accountExport`: complete, about this person only, without secrets; a forgotten table fails here."""

import json
from typing import Any

import asyncpg
import httpx
from starlette.applications import Starlette

from auth.tokens import TokenKind
from models.metadata import metadata
from models.queries.export import NOT_EXPORTED, SECTIONS
from server.db.database import Database
from tests.cast import NOBODY, Cast
from tests.schema.asking import account_of, audited, post
from tests.schema.engine.traces import PERSONAL, live
from tests.schema.mutations.account.closing import let_reauthentication_age
from tests.schema.mutations.mutation_case import MutationCase

CASE = MutationCase(
    mutation="accountExport",
)

EXPORT = "mutation { accountExport { document userErrors { code field message } } }"


async def export(cast: Cast, who: str) -> dict[str, Any]:
    """Return the payload of `accountExport`."""
    answer = await cast.ask(who, EXPORT)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["accountExport"]
    return payload


def test_every_table_about_accounts_is_exported_or_exempt_for_a_reason() -> None:
    speaking = {
        table.name
        for table in metadata.tables.values()
        if table.name == "accounts"
        or {"account_id", "email_key", "subject_id", "membership_id", "session_id", "service_access_id"}
        & {column.name for column in table.columns}
        or any(key.column.table.name == "accounts" for key in table.foreign_keys)
    }
    exported = {table for section in SECTIONS.values() for table in section.tables}
    assert speaking - exported - set(NOT_EXPORTED) == set(), (
        "export the new table, or say why not in models/queries/export.py"
    )
    assert exported <= set(metadata.tables)


async def test_copy_contains_all_data_about_the_person(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    token = await live(app, database)
    answer = (await post(client, EXPORT, headers={"Authorization": f"Bearer {token}"})).json()
    document = answer["data"]["accountExport"]["document"]
    assert (document["format"], document["formatVersion"]) == ("omaposti-account-export", 1)
    profile = {name: document["profile"][name] for name in ("email", "displayName", "phone", "status", "language")}
    assert profile == {
        "email": "member@demo.example",
        "displayName": "Jussi Erotettava",
        "phone": "+358401112223",
        "status": "ACTIVE",
        "language": "fi",
    }
    (membership,) = document["memberships"]
    assert (membership["organization"], membership["role"]) == ("Demo Oy", "MEMBER")
    assert {access["service"] for access in document["serviceAccesses"]} == {"EXTRANET"}
    assert {code["code"] for code in document["legacyCodes"]} == {"Jussi-1977"}
    assert [row["customerNumber"] for row in document["importedRows"]] == ["0009912345"]
    assert {session["userAgent"] for session in document["sessions"]} >= {"Jussinselain/1.0"}
    assert "Tietojasi muutettiin." in {entry["text"] for entry in document["history"]}
    filled = {name for name, section in document.items() if section}
    assert filled >= {"emailConfirmations", "emailChanges", "signUps", "emailProofs", "passwordResets", "tasks"}
    assert filled >= {"devices", "staffGrants", "messages"}
    said = json.dumps(document, ensure_ascii=False)
    not_own = {"proof-of-jussi", "bcrypt-of-jussi"}
    assert {value for value in PERSONAL if value.lower() not in said.lower()} == not_own


async def test_no_secret_and_no_hash_of_one_is_in_it(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database, dsn: str
) -> None:
    token = await live(app, database)
    said = json.dumps((await post(client, EXPORT, headers={"Authorization": f"Bearer {token}"})).json())
    account = await account_of(database, "member")
    assert str(account.password_hash) not in said
    assert not any(kind.value in said for kind in TokenKind)
    connection = await asyncpg.connect(dsn)
    hashes = await connection.fetch(
        "SELECT encode(secret_hash, 'hex') AS hash FROM devices UNION ALL "
        "SELECT encode(access_hash, 'hex') FROM sessions WHERE access_hash IS NOT NULL"
    )
    await connection.close()
    assert hashes
    assert not any(row["hash"] in said for row in hashes)
    assert "Hash" not in said
    assert "secret" not in said.lower()


async def test_nothing_of_anybody_else_is_in_it(
    app: Starlette, cast: Cast, client: httpx.AsyncClient, database: Database
) -> None:
    await live(app, database)
    support, member = await account_of(database, "support"), await account_of(database, "member")
    for who in ("consumer", "administrator", "manager", "support"):
        said = json.dumps((await export(cast, who))["document"], ensure_ascii=False)
        assert not [value for value in PERSONAL if value.lower() in said.lower()], who
        assert str(member.id) not in said
    own = json.dumps((await export(cast, "member"))["document"], ensure_ascii=False)
    for other in ("consumer", "administrator", "manager"):
        assert f"{other}@demo.example" not in own
    assert str(support.id) not in own


async def test_copy_hides_the_network_address_of_staff(cast: Cast, database: Database, dsn: str) -> None:
    support, member = await account_of(database, "support"), await account_of(database, "member")
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "INSERT INTO audit_entries (id, action, result, actor_id, subject_id, address, user_agent, changes) "
        "VALUES (gen_random_uuid(), 'account.suspend', 'DONE', $1, $2, '203.0.113.9', 'Staff/1', '{\"why\": \"x\"}')",
        support.id,
        member.id,
    )
    await connection.close()
    document = (await export(cast, "member"))["document"]
    (entry,) = [entry for entry in document["history"] if entry["action"] == "account.suspend"]
    assert (entry["address"], entry["userAgent"], entry["changes"]) == (None, None, {"why": "x"})
    document = (await export(cast, "support"))["document"]
    (entry,) = [entry for entry in document["actions"] if entry["action"] == "account.suspend"]
    assert (entry["address"], "changes" in entry) == ("203.0.113.9", False)


async def test_a_password_proved_long_ago_is_asked_for_again(cast: Cast, database: Database) -> None:
    await let_reauthentication_age(database)
    payload = await export(cast, "consumer")
    assert (payload["document"], [error["code"] for error in payload["userErrors"]]) == (
        None,
        ["REAUTHENTICATION_REQUIRED"],
    )


async def test_export_by_an_anonymous_caller_is_refused(cast: Cast) -> None:
    answer = await cast.ask(NOBODY, EXPORT)
    assert answer["data"]["accountExport"] is None
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_copy_is_audited_and_tells_of_itself_only_the_next_time(cast: Cast, database: Database) -> None:
    first = (await export(cast, "consumer"))["document"]
    assert "account.export" not in {entry["action"] for entry in first["history"]}
    (entry,) = await audited(database, "account.export")
    consumer = await account_of(database, "consumer")
    assert (entry.result, entry.actor_id, entry.subject_id) == ("DONE", consumer.id, consumer.id)
    second = (await export(cast, "consumer"))["document"]
    assert "account.export" in {entry["action"] for entry in second["history"]}
