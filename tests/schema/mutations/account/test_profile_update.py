"""`profileUpdate`: absent, null or given fields, all reasons at once, one winner, visible to all at once."""

import asyncio
from typing import Any

import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, audited, post, token_of
from tests.schema.mutations.mutation_case import MutationCase

CASE = MutationCase(
    mutation="profileUpdate",
    done='{version: 1, givenName: "Jussi"}',
    refused='{version: 7, givenName: "Jussi"}',
    twice=("CONFLICT",),
    note="look at what is there",
)

UPDATE = """mutation($input: ProfileUpdateInput!) { profileUpdate(input: $input) {
  account { id version displayName givenName familyName phone language viewerCanUpdate }
  userErrors { code field message }
} }"""


async def update(cast: Cast, who: str, **changes: Any) -> dict[str, Any]:
    """Return the payload of an update; the version is 1 by default."""
    answer = await cast.ask(who, UPDATE, {"input": {"version": 1} | changes})
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["profileUpdate"]
    return payload


async def test_sent_fields_change_and_omitted_fields_stay(cast: Cast) -> None:
    payload = await update(cast, "member", displayName="  Jussi  J.   Jäsen ", phone="040 123 4567", givenName="Jussi")
    assert payload["userErrors"] == []
    expected = {
        "id": cast.ids["member"],
        "version": 2,
        "displayName": "Jussi J. Jäsen",
        "givenName": "Jussi",
        "familyName": None,
        "phone": "+358401234567",
        "language": "FI",
        "viewerCanUpdate": True,
    }
    assert payload["account"] == expected
    payload = await update(cast, "member", version=2, familyName="Jäsen", language="SV")
    assert payload["account"] == expected | {"version": 3, "familyName": "Jäsen", "language": "SV"}


OPTIONAL = {"givenName": "Jussi", "familyName": "Jäsen", "phone": "+358401234567"}


@pytest.mark.parametrize("field", OPTIONAL)
async def test_null_clears_that_field_and_no_other(cast: Cast, field: str) -> None:
    await update(cast, "member", **OPTIONAL)
    account = (await update(cast, "member", version=2, **{field: None}))["account"]
    assert {name: account[name] for name in OPTIONAL} == OPTIONAL | {field: None}
    assert account["version"] == 3


async def test_null_as_a_literal_and_a_variable_left_out_are_told_apart(cast: Cast) -> None:
    await update(cast, "member", **OPTIONAL)
    literal = """mutation($phone: String) { profileUpdate(input: {version: 2, givenName: null, phone: $phone}) {
      account { givenName familyName phone } } }"""
    payload = (await cast.ask("member", literal))["data"]["profileUpdate"]
    assert payload["account"] == OPTIONAL | {"givenName": None}


REFUSED = {
    "displayName null": ("displayName", None, "REQUIRED", "Tämä ei voi olla tyhjä"),
    "displayName empty": ("displayName", " ", "INVALID", "Anna 1–100 merkin pituinen nimi"),
    "displayName a dash": ("displayName", "-", "INVALID", "Anna 1–100 merkin pituinen nimi"),
    "displayName long": ("displayName", "x" * 101, "INVALID", "Lyhennä tekstiä"),
    "displayName huge": ("displayName", "a\N{COMBINING ACUTE ACCENT}" * 20_000, "INVALID", "Lyhennä tekstiä"),
    "displayName two lines": ("displayName", "Bob\r\nBcc: evil@x.fi", "INVALID", "Poista rivinvaihdot"),
    "displayName bidi": ("displayName", "Liisa \N{RIGHT-TO-LEFT OVERRIDE}x", "INVALID", "Poista rivinvaihdot"),
    "displayName digits": ("displayName", "12345", "INVALID", "Kirjoita nimi kirjaimin"),
    "displayName with a code": ("displayName", "Matti 131052-308T", "INVALID", "Poista henkilötunnus"),
    "givenName digits": ("givenName", "12345", "INVALID", "Kirjoita nimi kirjaimin"),
    "familyName with a code": ("familyName", "Meikäläinen 131052-308T", "INVALID", "Poista henkilötunnus"),
    "phone letters": ("phone", "040 123 4567 tai vaihde", "INVALID", "Kirjoita puhelinnumero vain numeroin"),
    "phone two": ("phone", "0401234567, 0507654321", "INVALID", "Anna vain yksi puhelinnumero"),
    "phone placeholder": ("phone", "x", "INVALID", "Tarkista puhelinnumero"),
    "phone dash": ("phone", " - ", "INVALID", "Tarkista puhelinnumero"),
    "phone short": ("phone", "04012", "INVALID", "Tarkista puhelinnumero"),
    "language null": ("language", None, "REQUIRED", "Tämä ei voi olla tyhjä"),
}


@pytest.mark.parametrize("which", REFUSED)
async def test_every_fields_rule_is_told_and_nothing_is_changed(cast: Cast, database: Database, which: str) -> None:
    field, value, code, message = REFUSED[which]
    payload = await update(cast, "member", **{field: value, "givenName" if field != "givenName" else "phone": None})
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == (code, ["input", field])
    assert error["message"].startswith(message)
    assert (payload["account"]["version"], payload["account"]["displayName"]) == (1, "Jussi Jäsen")
    (entry,) = await audited(database, "profile.update")
    reason = {"displayName": "display_name", "givenName": "given_name", "familyName": "family_name"}.get(field, field)
    assert (entry.result, entry.changes) == ("REFUSED", {"reasons": [f"{code} {reason}"]})


async def test_all_the_reasons_are_told_at_once_in_the_order_of_the_fields(cast: Cast) -> None:
    payload = await update(cast, "member", phone="12 ab", displayName=None, givenName="1", familyName="Jäsen")
    told = [(error["code"], error["field"]) for error in payload["userErrors"]]
    assert told == [
        ("REQUIRED", ["input", "displayName"]),
        ("INVALID", ["input", "givenName"]),
        ("INVALID", ["input", "phone"]),
    ]
    assert payload["account"]["familyName"] is None, "all or none"


@pytest.mark.parametrize(
    ("who", "header", "message"),
    [
        ("member", None, "Tämä ei voi olla tyhjä. Jätä kenttä pois, jos et halua muuttaa sitä."),
        ("manager", None, "Fältet kan inte vara tomt. Utelämna det om du inte vill ändra det."),
        ("auditor", None, "This cannot be empty. Leave the field out if you do not want to change it."),
        ("member", "sv-FI, en;q=0.8", "Fältet kan inte vara tomt. Utelämna det om du inte vill ändra det."),
        ("manager", "de, en;q=0.1", "This cannot be empty. Leave the field out if you do not want to change it."),
        ("manager", "de", "Fältet kan inte vara tomt. Utelämna det om du inte vill ändra det."),
    ],
)
async def test_reason_is_in_the_requested_language_else_the_persons_own(
    cast: Cast, who: str, header: str | None, message: str
) -> None:
    headers = {"Authorization": f"Bearer {cast.tokens[who]}"} | ({"Accept-Language": header} if header else {})
    response = await post(cast.client, UPDATE, {"input": {"version": 1, "displayName": None}}, headers)
    assert response.json()["data"]["profileUpdate"]["userErrors"][0]["message"] == message


@pytest.mark.parametrize("version", [0, 2, -1, 2**31 - 1])
async def test_another_version_is_refused_with_the_account_as_it_is(
    cast: Cast, database: Database, version: int
) -> None:
    payload = await update(cast, "member", version=version, displayName="Toinen Nimi")
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CONFLICT", ["input", "version"])
    assert (payload["account"]["version"], payload["account"]["displayName"]) == (1, "Jussi Jäsen")
    assert (await account_of(database, "member")).display_name == "Jussi Jäsen"


async def test_update_with_equal_values_keeps_version_and_audit(cast: Cast, database: Database) -> None:
    await update(cast, "member", **OPTIONAL)
    same: list[dict[str, Any]] = [
        {},
        OPTIONAL,
        {"displayName": " Jussi Jäsen "},
        {"phone": "040-1234567"},
        {"language": "FI"},
    ]
    for changes in same:
        payload = await update(cast, "member", version=2, **changes)
        assert (payload["userErrors"], payload["account"]["version"]) == ([], 2), changes
    assert len(await audited(database, "profile.update")) == 1


async def test_the_audit_tells_what_each_changed_field_was_and_is(cast: Cast, database: Database) -> None:
    await update(cast, "member", displayName="Jussi J. Jäsen", phone="0401234567", language="FI")
    (entry,) = await audited(database, "profile.update")
    member = await account_of(database, "member")
    assert (entry.result, entry.actor_id, entry.subject_id) == ("DONE", member.id, member.id)
    assert entry.changes == {
        "before": {"display_name": "Jussi Jäsen", "phone": None},
        "after": {"display_name": "Jussi J. Jäsen", "phone": "+358401234567"},
    }


async def test_everybody_who_may_see_it_sees_the_change_at_once(cast: Cast) -> None:
    elsewhere = await token_of(cast.client, "member")
    await update(cast, "member", displayName="Uusi Nimi", phone="0401234567")
    me = (await post(cast.client, "{ me { displayName version } }", headers=elsewhere)).json()
    assert me == {"data": {"me": {"displayName": "Uusi Nimi", "version": 2}}}
    people = """{ organization(businessId: "9200001-5") { memberships { nodes { person { displayName phone } } } } }"""
    for who in ("administrator", "manager", "support"):
        answer = await cast.ask(who, people)
        persons = [node["person"] for node in answer["data"]["organization"]["memberships"]["nodes"]]
        assert {"displayName": "Uusi Nimi", "phone": "+358401234567"} in persons


async def test_the_rest_of_the_request_sees_the_change(cast: Cast) -> None:
    twice = """mutation { a: profileUpdate(input: {version: 1, displayName: "Yksi"}) { account { displayName } }
      b: profileUpdate(input: {version: 2, phone: "0401234567"}) {
        account { displayName version memberships { nodes { person { displayName phone } } } }
        userErrors { code } } }"""
    data = (await cast.ask("member", twice))["data"]
    assert data["b"]["userErrors"] == []
    person = {"displayName": "Yksi", "phone": "+358401234567"}
    assert data["b"]["account"] == {"displayName": "Yksi", "version": 3, "memberships": {"nodes": [{"person": person}]}}


@pytest.mark.parametrize("field", ["id", "accountId", "email", "emailConfirmedAt", "status", "passwordHash", "role"])
async def test_field_outside_the_own_details_is_rejected(cast: Cast, field: str) -> None:
    answer = await cast.ask("administrator", UPDATE, {"input": {"version": 1, field: cast.ids["member"]}})
    assert "data" not in answer
    assert f"'{field}'" in answer["errors"][0]["message"]


async def test_staff_who_see_an_account_are_told_that_they_cannot_change_it(cast: Cast) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on Account { viewerCanUpdate viewerCannotUpdateReasons } } }"
    seen = (await cast.ask("support", query, {"id": cast.ids["member"]}))["data"]["node"]
    assert seen == {"viewerCanUpdate": False, "viewerCannotUpdateReasons": ["FORBIDDEN"]}
    own = (await cast.ask("support", query, {"id": cast.ids["support"]}))["data"]["node"]
    assert own == {"viewerCanUpdate": True, "viewerCannotUpdateReasons": []}


@pytest.mark.parametrize("rounds", [50, pytest.param(500, marks=pytest.mark.long)])
async def test_of_two_at_the_same_instant_exactly_one_wins(cast: Cast, database: Database, rounds: int) -> None:
    barrier = asyncio.Barrier(2)

    async def rival(version: int, name: str) -> dict[str, Any]:
        await barrier.wait()
        return await update(cast, "member", version=version, displayName=name)

    for round_ in range(1, rounds + 1):
        payloads = await asyncio.gather(rival(round_, f"Anna {round_}"), rival(round_, f"Bertta {round_}"))
        codes = sorted([error["code"] for error in payload["userErrors"]] for payload in payloads)
        assert codes == [[], ["CONFLICT"]]
        winner, loser = sorted(payloads, key=lambda payload: len(payload["userErrors"]))
        assert winner["account"] == loser["account"]
        assert winner["account"]["version"] == round_ + 1
    entries = await audited(database, "profile.update")
    assert sorted(entry.result for entry in entries) == ["DONE"] * rounds + ["REFUSED"] * rounds
