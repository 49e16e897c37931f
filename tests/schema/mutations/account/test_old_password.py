"""An old password stays valid until it is changed or found in a breach (ASVS V6.2.10)."""

from datetime import UTC, datetime

import httpx
from sqlalchemy import update

from models.account import Account
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import sign_in


async def test_a_password_of_ten_years_signs_in_and_leaves_nothing_to_do(
    client: httpx.AsyncClient, cast: Cast, database: Database
) -> None:
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(password_set_at=datetime(2016, 2, 28, tzinfo=UTC)))
    assert (await sign_in(client, "member")).json()["data"]["signIn"]["userErrors"] == []
    await cast.sign_in("member")
    assert (await cast.ask("member", "{ me { tasks { kind } } }"))["data"] == {"me": {"tasks": []}}
