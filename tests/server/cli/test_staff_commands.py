"""`omaposti staff` in a process: grants, lists and revokes roles; audit records name the operator."""

import json

import httpx
import pytest

from models.account import AccountStatus
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited
from tests.server.cli.test_audit_commands import omaposti
from tests.usecases.account.test_staff import set_status

MEMBER = "member@demo.example"
EVERYTHING = "{ organizations { totalCount } }"


async def seen_by(cast: Cast, who: str) -> int:
    count: int = (await cast.ask(who, EVERYTHING))["data"]["organizations"]["totalCount"]
    return count


async def test_a_revoked_role_is_gone_at_the_next_request(cast: Cast, database: Database, dsn: str) -> None:
    assert await seen_by(cast, "support") == 2
    ran = omaposti(dsn, "staff", "revoke", "Support@Demo.example", "SUPPORT")
    assert (ran.returncode, ran.stdout) == (0, "Support@Demo.example no longer has the role SUPPORT.\n")
    assert await seen_by(cast, "support") == 0
    (record,) = await audited(database, "staff.revoke")
    support = await account_of(database, "support")
    assert (record.subject_id, record.changes, str(record.result)) == (support.id, {"role": "SUPPORT"}, "DONE")
    assert str(record.actor_name).startswith("command line: ")


async def test_revoking_a_missing_role_says_so_and_leaves_no_record(cast: Cast, database: Database, dsn: str) -> None:
    ran = omaposti(dsn, "staff", "revoke", MEMBER, "SUPPORT")
    assert (ran.returncode, ran.stdout) == (0, f"{MEMBER} did not have the role SUPPORT.\n")
    ran = omaposti(dsn, "staff", "revoke", MEMBER, "SUPPORT", "--json")
    assert json.loads(ran.stdout) == {"email": MEMBER, "role": "SUPPORT", "revoked": False}
    assert await audited(database, "staff.revoke") == []


@pytest.mark.parametrize("status", [AccountStatus.SUSPENDED, AccountStatus.CLOSED])
async def test_a_role_of_an_inactive_account_can_be_revoked(
    cast: Cast, database: Database, dsn: str, status: AccountStatus
) -> None:
    await set_status(database, "support@demo.example", status)
    ran = omaposti(dsn, "staff", "revoke", "support@demo.example", "SUPPORT", "--json")
    assert json.loads(ran.stdout)["revoked"] is True


async def test_an_unknown_address_is_one_line_that_says_what_to_do(cast: Cast, dsn: str) -> None:
    for action, advice in {"grant": "signs up", "revoke": "omaposti staff list"}.items():
        ran = omaposti(dsn, "staff", action, "nobody@demo.example", "SUPPORT")
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
        assert advice in ran.stderr


async def test_people_with_roles_are_listed(cast: Cast, database: Database, dsn: str) -> None:
    omaposti(dsn, "staff", "grant", MEMBER, "AUDITOR")
    listed = [json.loads(line) for line in omaposti(dsn, "staff", "list", "--json").stdout.splitlines()]
    held = [(line["email"].partition("@")[0], line["role"]) for line in listed]
    assert held == sorted(held)
    assert {("auditor", "AUDITOR"), ("member", "AUDITOR"), ("operator", "RENEWAL_OPERATOR")} <= set(held)
    assert listed[1]["grantedBy"].startswith("command line: ")
    assert {line["accountStatus"] for line in listed} == {"ACTIVE"}
    for_people = omaposti(dsn, "staff", "list").stdout
    assert f"{MEMBER}\tAUDITOR\tACTIVE\t" in for_people
    omaposti(dsn, "staff", "revoke", MEMBER, "AUDITOR")
    assert MEMBER not in omaposti(dsn, "staff", "list").stdout


async def test_without_roles_the_list_says_how_to_give_one(
    client: httpx.AsyncClient, database: Database, dsn: str
) -> None:
    ran = omaposti(dsn, "staff", "list")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "omaposti staff grant" in ran.stderr
