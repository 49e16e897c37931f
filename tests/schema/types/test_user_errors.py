"""User errors with data about the remedy, limited to what the viewer may read."""

from tests.cast import Cast

CLOSE = """mutation { accountClose { userErrors { __typename code field message
  ... on LastAdministratorError { organizations { name } candidates { role person { displayName } } }
  ... on ConflictError { current { id } } } } }"""
UPDATE = """mutation($version: Int!) { profileUpdate(input: {version: $version, givenName: "Jussi"}) {
  userErrors { __typename code ... on ConflictError { current { __typename id ... on Account { version } } } } } }"""


async def test_last_administrator_error_names_organizations_and_candidates(cast: Cast) -> None:
    answer = await cast.ask("administrator", CLOSE)
    (error,) = answer["data"]["accountClose"]["userErrors"]
    assert (error["__typename"], error["code"]) == (
        "LastAdministratorError",
        "WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR",
    )
    assert error["organizations"] == [{"name": "Demo Oy"}]
    assert error["candidates"] == [
        {"role": "USER_MANAGER", "person": {"displayName": "Maria Mellin"}},
        {"role": "MEMBER", "person": {"displayName": "Jussi Jäsen"}},
    ]


async def test_conflict_error_has_the_object_as_it_is_now(cast: Cast) -> None:
    assert (await cast.ask("member", UPDATE, {"version": 1}))["data"]["profileUpdate"]["userErrors"] == []
    (error,) = (await cast.ask("member", UPDATE, {"version": 1}))["data"]["profileUpdate"]["userErrors"]
    assert error == {
        "__typename": "ConflictError",
        "code": "CONFLICT",
        "current": {"__typename": "Account", "id": cast.ids["member"], "version": 2},
    }


async def test_reason_without_data_is_plain(cast: Cast) -> None:
    query = 'mutation { sessionRevoke(input: {id: "x"}) { userErrors { __typename code field } } }'
    answer = await cast.ask("member", query)
    assert answer["data"]["sessionRevoke"]["userErrors"] == [
        {"__typename": "PlainError", "code": "NOT_FOUND", "field": ["input", "id"]}
    ]
