"""Expiry is dated and judged by one clock, so a step of the clock by a day shortens and revives nothing."""

from datetime import datetime, timedelta, tzinfo

import httpx
import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import post
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, tokens_of
from usecases.demo import DOMAIN
from usecases.mail.message_kind import MessageKind

DAY, A_MOMENT = timedelta(days=1), timedelta(seconds=5)
ASK = "mutation($email: String!) { passwordResetRequest(input: {email: $email}) { userErrors { code } } }"
RESET = """mutation($token: String!) {
  passwordReset(input: {token: $token, newPassword: "kolme kaunista ketunpentua"}) { userErrors { code } } }"""


class Clock(datetime):
    """The application's clock, wrong by a set amount; the database's clock stays right."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # returns a plain datetime, as callers expect
        """Return the time that this clock shows."""
        return datetime.now(tz) + cls.off


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    """Return the application's clock, which tests set wrong."""
    monkeypatch.setattr(Clock, "off", timedelta())
    monkeypatch.setattr("models.db.clock.datetime", Clock)
    return Clock


async def reset(client: httpx.AsyncClient, token: str) -> list[str]:
    answer = (await post(client, RESET, {"token": token})).json()
    return [error["code"] for error in answer["data"]["passwordReset"]["userErrors"]]


async def link(client: httpx.AsyncClient, database: Database) -> str:
    """Request a link to set a new password and return its secret."""
    await post(client, ASK, {"email": f"member@{DOMAIN}"})
    return (await tokens(database, MessageKind.PASSWORD_RESET))[-1]


@pytest.mark.parametrize("step", [-DAY, DAY])
async def test_b83_a_wrong_clock_gives_a_token_its_ten_minutes(cast: Cast, clock: type[Clock], step: timedelta) -> None:
    clock.off = step
    signed_in = await tokens_of(cast.client, "member")
    clock.off = step + timedelta(minutes=10) - A_MOMENT
    assert await alive(cast.client, bearer(signed_in))
    clock.off = step + timedelta(minutes=10) + A_MOMENT
    assert not await alive(cast.client, bearer(signed_in))
    again = await refresh(cast.client, signed_in["refreshToken"])
    assert await alive(cast.client, bearer(again))


@pytest.mark.parametrize("step", [-DAY, DAY])
async def test_b83_a_wrong_clock_gives_a_link_its_hour(
    cast: Cast, database: Database, clock: type[Clock], step: timedelta
) -> None:
    clock.off = step
    late = await link(cast.client, database)
    clock.off = step + timedelta(hours=1) + A_MOMENT
    assert await reset(cast.client, late) != []
    in_time = await link(cast.client, database)
    clock.off += timedelta(hours=1) - 2 * A_MOMENT
    assert await reset(cast.client, in_time) == []


async def test_b83_a_clock_set_back_revives_nothing_that_was_ended(
    cast: Cast, database: Database, clock: type[Clock]
) -> None:
    secret, signed_in = await link(cast.client, database), await tokens_of(cast.client, "member")
    assert await reset(cast.client, secret) == []
    for step in (-DAY, timedelta(minutes=-5), DAY):
        clock.off = step
        assert await reset(cast.client, secret) != []
        assert not await alive(cast.client, bearer(signed_in))
        assert (await refresh(cast.client, signed_in["refreshToken"]))["accessToken"] is None


async def test_b83_a_clock_set_back_gives_a_used_refresh_token_no_second_grace(cast: Cast, clock: type[Clock]) -> None:
    signed_in = await tokens_of(cast.client, "member")
    again = await refresh(cast.client, signed_in["refreshToken"])
    assert await alive(cast.client, bearer(again))
    clock.off = -DAY
    assert (await refresh(cast.client, signed_in["refreshToken"]))["accessToken"] is None
    assert not await alive(cast.client, bearer(again)), "whoever has used it twice ends the session"
