"""`signOut`: ends only this session, at once; a second sign-out is no error."""

from typing import Any

import httpx
import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import BROWSER, account_of, audited, cookie_of, post, suspend, token_of
from tests.schema.mutations.mutation_case import SIGNED_OUT, MutationCase

CASE = MutationCase(
    mutation="signOut",
    twice=SIGNED_OUT,
)

SIGN_OUT = "mutation { signOut { userErrors { code } } }"
DONE: dict[str, Any] = {"data": {"signOut": {"userErrors": []}}}
ME = "{ me { id } }"


async def signed_in(client: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    data = (await post(client, ME, headers=headers)).json().get("data")
    return bool(data and data["me"])


async def test_a_cookies_session_ends_and_the_browser_forgets_it(cast: Cast) -> None:
    headers = await cookie_of(cast.client, "member")
    assert await signed_in(cast.client, headers)
    response = await post(cast.client, SIGN_OUT, headers=headers)
    assert response.json() == DONE
    (cleared,) = response.headers.get_list("set-cookie")
    attributes = {part.strip().lower() for part in cleared.split(";")}
    assert attributes >= {"__host-session=", "max-age=0", "path=/", "secure", "httponly", "samesite=lax"}
    assert not await signed_in(cast.client, headers)


async def test_a_tokens_session_ends_and_no_browsers_cookie_is_touched(cast: Cast) -> None:
    headers = await token_of(cast.client, "member")
    response = await post(cast.client, SIGN_OUT, headers=headers)
    assert response.json() == DONE
    assert "set-cookie" not in response.headers
    assert (await post(cast.client, ME, headers=headers)).status_code == 401


@pytest.mark.parametrize("ended", ["cookie", "token"])
async def test_the_other_sessions_of_the_person_and_of_others_go_on(cast: Cast, ended: str) -> None:
    sessions = {
        "cookie": await cookie_of(cast.client, "member"),
        "token": await token_of(cast.client, "member"),
        "another cookie": await cookie_of(cast.client, "member"),
        "another token": await token_of(cast.client, "member"),
        "another person": await token_of(cast.client, "administrator"),
    }
    await post(cast.client, SIGN_OUT, headers=sessions[ended])
    alive = {name: await signed_in(cast.client, headers) for name, headers in sessions.items()}
    assert alive == {name: name != ended for name in sessions}


async def test_to_sign_out_again_changes_nothing(cast: Cast, database: Database) -> None:
    headers = await cookie_of(cast.client, "member")
    for _ in range(3):
        response = await post(cast.client, SIGN_OUT, headers=headers)
        assert response.json() == DONE
        assert "max-age=0" in response.headers["set-cookie"].lower()
    assert len(await audited(database, "session.signOut")) == 1


@pytest.mark.parametrize("headers", [{}, BROWSER], ids=str)
async def test_sign_out_by_an_anonymous_caller_is_accepted(
    cast: Cast, database: Database, headers: dict[str, str]
) -> None:
    assert (await post(cast.client, SIGN_OUT, headers=headers)).json() == DONE
    assert await audited(database, "session.signOut") == []


async def test_a_suspended_persons_cookie_is_cleared_too(cast: Cast, database: Database) -> None:
    headers = await cookie_of(cast.client, "member")
    await suspend(database, "member")
    response = await post(cast.client, SIGN_OUT, headers=headers)
    assert response.json() == DONE
    assert "max-age=0" in response.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "forged", [{"X-OmaPosti-Client": ""}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
async def test_another_site_cannot_sign_a_visitor_out(cast: Cast, forged: dict[str, str]) -> None:
    headers = await cookie_of(cast.client, "member")
    response = await post(cast.client, SIGN_OUT, headers=headers | forged)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert await signed_in(cast.client, headers)


async def test_it_is_audited_with_the_session_that_ended(cast: Cast, database: Database) -> None:
    headers = await token_of(cast.client, "member")
    response = await post(cast.client, SIGN_OUT, headers=headers)
    (entry,) = await audited(database, "session.signOut")
    member = (await account_of(database, "member")).id
    assert (entry.result, entry.actor_id, entry.subject_id, entry.changes) == ("DONE", member, member, {})
    assert entry.session_id is not None
    assert entry.request_id == response.headers["x-request-id"]


async def test_later_fields_after_a_sign_out_are_anonymous(cast: Cast) -> None:
    headers = await token_of(cast.client, "member")
    followed = "mutation { signOut { userErrors { code } } profileUpdate(input: {version: 1}) { account { id } } }"
    answer = (await post(cast.client, followed, headers=headers)).json()
    assert answer["data"] == {"signOut": {"userErrors": []}, "profileUpdate": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
