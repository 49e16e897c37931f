"""`omaposti account sign-out` in a process: ends all sessions of one person, and no others."""

import json
from typing import Any

import pytest

from models.account import AccountStatus
from server.cli.common import operator
from server.db.database import Database
from tests.cast import Cast, add_cast
from tests.schema.asking import account_of, add_person, audited, cookie_of
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, sessions_of, tokens_of
from tests.server.cli.test_audit_commands import omaposti


async def devices(cast: Cast, who: str) -> list[dict[str, str]]:
    """Sign a person in by browser and by app, and return the credentials of each."""
    return [await cookie_of(cast.client, who), bearer(await tokens_of(cast.client, who))]


@pytest.fixture
async def cast(client: Any, database: Database) -> Cast:
    await add_cast(database)
    return Cast(client)


async def test_sign_out_ends_all_sessions_of_one_person(cast: Cast, database: Database, dsn: str) -> None:
    own, others = await devices(cast, "member"), await devices(cast, "manager")
    app = await tokens_of(cast.client, "member")
    ran = omaposti(dsn, "account", "sign-out", "Member@Demo.example")
    assert (ran.returncode, ran.stdout) == (0, "3 sessions of Member@Demo.example ended.\n")
    assert [await alive(cast.client, device) for device in [*own, bearer(app)]] == [False] * 3
    assert (await refresh(cast.client, app["refreshToken"]))["accessToken"] is None
    assert [await alive(cast.client, device) for device in others] == [True] * 2
    assert await alive(cast.client, bearer(await tokens_of(cast.client, "member"))), "the person can sign in again"


async def test_sign_out_is_audited_with_its_operator_and_printed_as_json(
    cast: Cast, database: Database, dsn: str
) -> None:
    await devices(cast, "member")
    ended = [str(session.id) for session in await sessions_of(database, "member")]
    ran = omaposti(dsn, "account", "sign-out", "member@demo.example", "--json")
    told = json.loads(ran.stdout)
    assert (told["email"], sorted(told["endedSessions"])) == ("member@demo.example", sorted(ended))
    (entry,) = await audited(database, "session.revokeAll")
    member = await account_of(database, "member")
    assert (entry.subject_id, str(entry.result), entry.actor_id) == (member.id, "DONE", None)
    assert str(entry.actor_name).startswith("command line: ")
    assert sorted(entry.changes["sessions"]) == sorted(ended)
    again = omaposti(dsn, "account", "sign-out", "member@demo.example", "--json")
    assert json.loads(again.stdout)["endedSessions"] == []


async def test_unknown_or_invalid_address_is_one_clear_line(cast: Cast, dsn: str) -> None:
    for given, said in {"nobody@demo.example": "no account has the e-mail", "nobody": "omaposti: "}.items():
        ran = omaposti(dsn, "account", "sign-out", given)
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
        assert said in ran.stderr


async def test_suspended_account_is_found_without_sessions(cast: Cast, database: Database, dsn: str) -> None:
    await add_person(database, "shut@demo.example", status=AccountStatus.SUSPENDED)
    assert (
        omaposti(dsn, "account", "sign-out", "shut@demo.example").stdout == "0 sessions of shut@demo.example ended.\n"
    )


def test_operator_without_a_name_is_named_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as a user without an entry in /etc/passwd."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54321)
    assert operator().name == "command line: 54321"


def test_operator_whose_name_is_no_text_is_named_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "\udce4iti")
    assert operator().name == "command line: \\udce4iti"
