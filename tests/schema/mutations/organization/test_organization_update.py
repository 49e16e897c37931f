"""`organizationUpdate`, called by every member of the cast."""

from typing import Any

import pytest
from sqlalchemy import select

from models.organization import Organization
from resolvers.core import global_id
from server.db.database import Database
from tests.cast import DEMO, NOBODY, RESTRICTED, Cast
from tests.schema.asking import audited
from tests.schema.mutations.account.closing import organization_id
from tests.schema.mutations.mutation_case import MutationCase

CASE = MutationCase(
    mutation="organizationUpdate",
    done='{organizationId: "%(organization)s", version: 1, contactPhone: "040 123 4567"}',
    refused='{organizationId: "%(organization)s", version: 7, contactPhone: "040 123 4567"}',
    twice=("CONFLICT",),
    note="look at what is there",
    who="administrator",
)
UPDATE = """mutation($input: OrganizationUpdateInput!) { organizationUpdate(input: $input) {
  organization { contactEmail contactPhone language version }
  userErrors { code field message ... on ConflictError { current { id ... on Organization { version } } } } } }"""
CAN = "query($id: ID!) { organization(id: $id) { viewerCanUpdate viewerCannotUpdateReasons } }"
DETAILS = {"contactEmail": "Toimisto@Demo.EXAMPLE", "contactPhone": "040 123 4567", "language": "SV"}
KEPT = {"contactEmail": "Toimisto@demo.example", "contactPhone": "+358401234567", "language": "SV", "version": 2}
EMPTY = (None, None, None, 1)


async def identity(database: Database) -> str:
    return global_id.encode("Organization", await organization_id(database))


async def update(cast: Cast, database: Database, who: str, **changes: Any) -> dict[str, Any]:
    return await cast.ask(who, UPDATE, {"input": {"organizationId": await identity(database), "version": 1} | changes})


async def stored(database: Database) -> tuple[Any, ...]:
    async with database.sessions() as db:
        found = select(
            Organization.contact_email, Organization.contact_phone, Organization.language, Organization.version
        )
        return tuple((await db.execute(found.where(Organization.identifier == "9200001-5"))).one())


@pytest.mark.parametrize("who", [*DEMO, RESTRICTED, NOBODY])
async def test_update_by_each_of_the_cast_is_what_the_capability_says(cast: Cast, database: Database, who: str) -> None:
    seen = await cast.ask(who, CAN, {"id": await identity(database)})
    answer = await update(cast, database, who, **DETAILS)
    payload, errors = answer["data"]["organizationUpdate"], answer.get("errors", [])
    codes = [error["extensions"]["code"] for error in errors]
    if who == "administrator":
        assert (payload, codes) == ({"organization": KEPT, "userErrors": []}, [])
        assert seen["data"]["organization"] == {"viewerCanUpdate": True, "viewerCannotUpdateReasons": []}
        return
    assert await stored(database) == EMPTY
    if who in {"member", "manager", "support", "operator", "auditor"}:
        assert (payload, codes) == (None, ["FORBIDDEN"])
        reasons = ["FORBIDDEN"]
        assert seen["data"]["organization"] == {"viewerCanUpdate": False, "viewerCannotUpdateReasons": reasons}
    elif who in {NOBODY, RESTRICTED}:
        assert (payload, codes) == (None, ["UNAUTHENTICATED" if who == NOBODY else "TASK_OPEN"])
    else:
        assert (payload["organization"], codes) == (None, [])
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
            ("NOT_FOUND", ["input", "organizationId"])
        ]
        assert seen["data"]["organization"] is None


async def test_update_is_recorded_with_what_was_there(cast: Cast, database: Database) -> None:
    await update(cast, database, "administrator", **DETAILS)
    (entry,) = await audited(database, "organization.update")
    assert (entry.result, entry.organization_id, entry.subject_id) == ("DONE", await organization_id(database), None)
    assert entry.changes == {
        "before": {"contact_email": None, "contact_phone": None, "language": None},
        "after": {"contact_email": "Toimisto@demo.example", "contact_phone": "+358401234567", "language": "sv"},
    }


async def test_update_leaves_absent_fields_and_clears_null_ones(cast: Cast, database: Database) -> None:
    await update(cast, database, "administrator", **DETAILS)
    answer = await update(cast, database, "administrator", version=2, contactPhone=None)
    assert answer["data"]["organizationUpdate"]["organization"] == KEPT | {"contactPhone": None, "version": 3}
    answer = await update(cast, database, "administrator", version=3, language="SV")
    assert answer["data"]["organizationUpdate"]["organization"]["version"] == 3, "the same again is no change"
    assert len(await audited(database, "organization.update")) == 2


async def test_update_of_a_stale_version_answers_the_current_one(cast: Cast, database: Database) -> None:
    await update(cast, database, "administrator", **DETAILS)
    answer = await update(cast, database, "administrator", language="EN")
    (error,) = answer["data"]["organizationUpdate"]["userErrors"]
    assert (error["code"], error["field"]) == ("CONFLICT", ["input", "version"])
    assert error["current"] == {"id": await identity(database), "version": 2}
    refused = (await audited(database, "organization.update"))[-1]
    assert (refused.result, refused.organization_id) == ("REFUSED", await organization_id(database))


@pytest.mark.parametrize(
    ("field", "value"),
    [("contactEmail", "x"), ("contactEmail", ""), ("contactPhone", "hei"), ("contactPhone", "131052-308T")],
)
async def test_update_of_a_wrong_value_changes_nothing(cast: Cast, database: Database, field: str, value: str) -> None:
    answer = await update(cast, database, "administrator", **(DETAILS | {field: value}))
    (error,) = answer["data"]["organizationUpdate"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", field])
    assert await stored(database) == EMPTY
