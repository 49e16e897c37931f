"""Devices: a secret identifies a browser or app, and the owner is told when an unknown one signs in."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from auth.tokens import TokenKind, digest
from models.db.clock import seconds
from models.db.query import fetch
from models.device import CREDENTIAL_AND_DEVICE, KEPT_FOR, Device
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import BROWSER, SIGN_IN, account_of, post, sign_in
from tests.schema.mutations.session.session_facts import (
    Tokens,
    alive,
    bearer,
    messages,
    sessions_of,
    tokens_of,
    turn_back,
)
from usecases.demo import PASSWORD
from usecases.session.device import MOST_DEVICES, device_hash

KIND = "SIGNED_IN_FROM_NEW_DEVICE"
PHONE = "OmaPosti/5.1 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"


async def sign_in_from(cast: Cast, who: str, device: str | None, headers: dict[str, str] | None = None) -> Tokens:
    """Sign in as an app that has that device token, and return the payload."""
    variables = {"email": f"{who}@demo.example", "password": PASSWORD, "transport": "TOKEN", "device": device}
    payload: Tokens = (await post(cast.client, SIGN_IN, variables, headers)).json()["data"]["signIn"]
    assert payload["userErrors"] == []
    return payload


async def devices_of(database: Database, who: str) -> list[Device]:
    async with database.sessions() as db:
        account = (await account_of(database, who)).id
        return list(await db.scalars(select(Device).where(Device.account_id == account).order_by(Device.id)))


async def test_an_app_is_known_again_by_its_token(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    assert re.fullmatch(r"dev_[\w-]{43}", first["deviceToken"])
    known = await devices_of(database, "member")
    again = await sign_in_from(cast, "member", first["deviceToken"])
    assert again["deviceToken"] == first["deviceToken"]
    assert [device.id for device in await devices_of(database, "member")] == [device.id for device in known]
    sessions = await sessions_of(database, "member")
    assert sessions[-1].device_id == sessions[-2].device_id == known[-1].id


async def test_a_browser_is_known_by_a_cookie_that_outlives_its_sessions(cast: Cast, database: Database) -> None:
    response = await sign_in(cast.client, "member", transport="COOKIE", headers=BROWSER)
    assert response.json()["data"]["signIn"]["deviceToken"] is None, "no script reads it"
    session, device = response.headers.get_list("set-cookie")
    attributes = {part.strip().lower() for part in device.split(";")[1:]}
    assert attributes == {"path=/", "secure", "httponly", "samesite=lax", f"max-age={400 * 24 * 3600}"}
    cookies = {"Cookie": f"{session.partition(';')[0]}; {device.partition(';')[0]}"}
    out = await post(cast.client, "mutation { signOut { userErrors { code } } }", headers=BROWSER | cookies)
    assert [header.partition("=")[0] for header in out.headers.get_list("set-cookie")] == ["__Host-session"]
    known = len(await devices_of(database, "member"))
    again = await sign_in(cast.client, "member", transport="COOKIE", headers=BROWSER | cookies)
    assert again.headers.get_list("set-cookie")[1].partition(";")[0] == device.partition(";")[0]
    assert len(await devices_of(database, "member")) == known


async def test_shared_browser_has_one_device_row_per_person(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    second = await sign_in_from(cast, "consumer", first["deviceToken"])
    assert second["deviceToken"] == first["deviceToken"]
    hashes = {device.secret_hash for who in ("member", "consumer") for device in await devices_of(database, who)}
    assert len(hashes) == len(await devices_of(database, "member")) + len(await devices_of(database, "consumer"))
    told = len(await messages(database, KIND))
    await sign_in_from(cast, "member", first["deviceToken"])
    assert len(await messages(database, KIND)) == told, "no second message after another person used it"


async def test_owner_is_told_of_every_new_device_but_the_first(cast: Cast, database: Database) -> None:
    assert await messages(database, KIND) == [], "each of the cast has signed in once"
    await sign_in_from(cast, "member", None, {"User-Agent": PHONE})
    (message,) = await messages(database, KIND)
    assert message.account_id == (await account_of(database, "member")).id
    assert message.email == "member@demo.example"
    assert message.facts["device"].endswith("iOS")
    assert PASSWORD not in str(message.facts)


@pytest.mark.parametrize("device", ["", "dev_short", "ses_" + "A" * 43, "dev_" + "A" * 42 + "ä", "x" * 5000])
async def test_invalid_device_token_is_replaced_by_a_new_one(cast: Cast, database: Database, device: str) -> None:
    payload = await sign_in_from(cast, "member", device)
    assert re.fullmatch(r"dev_[\w-]{43}", payload["deviceToken"])
    assert payload["deviceToken"] != device


async def test_a_device_token_opens_nothing(cast: Cast) -> None:
    device = (await tokens_of(cast.client, "member"))["deviceToken"]
    for forged in (device, f"acc_{device[4:]}", f"ses_{device[4:]}"):
        assert not await alive(cast.client, {"Authorization": f"Bearer {forged}"})
        assert not await alive(cast.client, BROWSER | {"Cookie": f"__Host-session={forged}; __Host-device={device}"})


async def test_device_is_known_to_its_own_account_only(cast: Cast, database: Database) -> None:
    """Rate limits ask for this: a known device of the very account that an attempt names."""
    device = (await tokens_of(cast.client, "member"))["deviceToken"]
    found = {}
    for who in ("member", "consumer"):
        device_hash = digest(TokenKind.DEVICE, device)
        (row,) = await fetch(
            database.pool,
            CREDENTIAL_AND_DEVICE,
            email_key=f"{who}@demo.example",
            device_hash=device_hash,
            now=seconds(),
        )
        found[who] = row["device_id"]
    assert found == {"member": (await devices_of(database, "member"))[-1].id, "consumer": None}


async def test_two_sign_ins_of_one_new_device_at_once_are_one_device(cast: Cast, database: Database) -> None:
    device = "dev_" + "A" * 43
    known = len(await devices_of(database, "member"))
    await asyncio.gather(*(sign_in_from(cast, "member", device) for _ in range(8)))
    assert len(await devices_of(database, "member")) == known + 1
    assert len(await messages(database, KIND)) == 1


async def test_devices_that_sign_in_at_once_keep_to_the_limit(cast: Cast, database: Database) -> None:
    for _ in range(MOST_DEVICES - 2):
        await sign_in_from(cast, "member", None)
    await asyncio.gather(*(sign_in_from(cast, "member", None) for _ in range(5)))
    assert len(await devices_of(database, "member")) == MOST_DEVICES


async def test_the_device_that_signed_in_longest_ago_is_forgotten_first(cast: Cast, database: Database) -> None:
    (oldest,) = await devices_of(database, "member")
    known = [await sign_in_from(cast, "member", None) for _ in range(MOST_DEVICES - 1)]
    await sign_in_from(cast, "member", known[0]["deviceToken"])
    await sign_in_from(cast, "member", None)
    await sign_in_from(cast, "member", None)
    kept = {device.secret_hash for device in await devices_of(database, "member")}
    assert oldest.secret_hash not in kept
    hashes = [device_hash(one["deviceToken"], oldest.account_id) for one in known[:2]]
    assert [one in kept for one in hashes] == [True, False], "the first has signed in again since"


async def test_a_device_unused_for_400_days_is_a_stranger(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    await turn_back(database, Device.last_seen_at, KEPT_FOR + timedelta(minutes=1))
    told = len(await messages(database, KIND))
    device_digest = digest(TokenKind.DEVICE, first["deviceToken"])
    parameters = {"email_key": "member@demo.example", "device_hash": device_digest, "now": seconds()}
    (row,) = await fetch(database.pool, CREDENTIAL_AND_DEVICE, **parameters)
    assert row["device_id"] is None
    await sign_in_from(cast, "member", first["deviceToken"])
    assert len(await messages(database, KIND)) == told + 1
    (kept,) = await devices_of(database, "member")
    assert kept.secret_hash == device_hash(first["deviceToken"], kept.account_id)


async def test_a_forgotten_device_leaves_its_sessions_signed_in(cast: Cast, database: Database) -> None:
    first = await tokens_of(cast.client, "member")
    for _ in range(MOST_DEVICES + 1):
        await sign_in_from(cast, "member", None)
    assert await alive(cast.client, bearer(first))
