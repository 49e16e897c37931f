"""Every kind of secret in the place of every other: it gives no access, and is not used up."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_nullable_type
from sqlalchemy import delete, text
from websockets.exceptions import ConnectionClosed

from auth.tokens import TokenKind
from models.account import EmailConfirmation
from schema.build import SCHEMA
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.http.cookies import COOKIE
from tests.cast import Cast
from tests.schema.asking import add_person, cookie_of
from tests.schema.mutations.account.closing import close
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.account.own_account import PASSWORD, codes, do
from tests.schema.mutations.mutation_cases import CASES
from tests.schema.mutations.session.session_facts import alive, refresh, tokens_of
from tests.server.serving import serving
from tests.server.websocket.socket_client import opened
from usecases.mail.message_kind import MessageKind

# Kinds of secret by place; a socket takes them in the payload of its init message and in the handshake's cookie.
SESSIONS = {
    "header": {TokenKind.ACCESS},
    "cookie": {TokenKind.COOKIE},
    "socket": {TokenKind.ACCESS},
    "socket's cookie": {TokenKind.COOKIE},
}
MUTATIONS = {name: set(case.takes) for name, case in CASES.items() if case.takes}
NEW, UNPROVEN = "uusi@muualla.example", "liisa@demo.example"
# State that a secret can change, without counters of refusals.
STATE = """SELECT (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.id) FROM accounts a),
    (SELECT jsonb_agg(to_jsonb(s) - 'last_seen_at' ORDER BY s.id) FROM sessions s),
    (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.account_id, e.email_key) FROM email_confirmations e)"""


@pytest.fixture(scope="module")
def url(dsn: str, settings: Settings) -> Iterator[str]:
    """Return the address of the application where sockets can be opened."""
    with serving(create_app(settings, dsn), settings) as url:
        yield url


def places() -> set[str]:
    """Return the mutations that take a secret in place of a session, read from the schema."""
    assert SCHEMA.mutation_type is not None
    inputs = {name: field.args.get("input") for name, field in SCHEMA.mutation_type.fields.items()}
    types: dict[str, Any] = {name: get_nullable_type(argument.type) for name, argument in inputs.items() if argument}
    return {
        name
        for name, type_ in types.items()
        if isinstance(type_, GraphQLInputObjectType) and {"token", "refreshToken"} & type_.fields.keys()
    }


async def secrets(cast: Cast, database: Database) -> dict[TokenKind, str]:
    """Return a valid secret of each kind, each of another person where possible."""
    app = await tokens_of(cast.client, "manager")
    browser = (await cookie_of(cast.client, "support"))["Cookie"].partition("=")[2]
    given = {"email": NEW, "password": PASSWORD, "displayName": "Uusi Ihminen"}
    assert codes(await do(cast.client, "signUp", given)) == []
    assert codes(await do(cast.client, "passwordResetRequest", {"email": "manager@demo.example"})) == []
    for who in ("member", "consumer"):
        given = {"email": f"{who}@muualla.example"}
        assert codes(await do(cast.client, "emailChangeRequest", given, headers(cast, who))) == []
    confirmed, waiting = await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM)
    assert codes(await do(cast.client, "emailChangeConfirm", {"token": confirmed}, headers(cast, "member"))) == []
    await add_person(database, UNPROVEN)
    async with database.sessions.begin() as db:
        await db.execute(delete(EmailConfirmation).where(EmailConfirmation.email_key == UNPROVEN))
    await do(cast.client, "emailConfirmationResend", {"email": UNPROVEN})
    assert (await close(cast, "auditor"))["userErrors"] == []
    return {
        TokenKind.ACCESS: app["accessToken"],
        TokenKind.REFRESH: app["refreshToken"],
        TokenKind.DEVICE: app["deviceToken"],
        TokenKind.COOKIE: browser,
        TokenKind.SIGN_UP: (await tokens(database, MessageKind.SIGN_UP_CONFIRM))[-1],
        TokenKind.EMAIL_PROOF: (await tokens(database, MessageKind.EMAIL_PROOF))[-1],
        TokenKind.PASSWORD_RESET: (await tokens(database, MessageKind.PASSWORD_RESET))[-1],
        TokenKind.EMAIL_CHANGE: waiting,
        TokenKind.EMAIL_UNDO: (await tokens(database, MessageKind.EMAIL_CHANGED_NOTICE))[-1],
        TokenKind.ALARM: (await tokens(database, MessageKind.SIGNED_IN_FROM_NEW_DEVICE))[-1],
        TokenKind.CLOSING_UNDO: (await tokens(database, MessageKind.ACCOUNT_CLOSED))[-1],
    }


async def tried(cast: Cast, url: str, place: str, secret: str) -> bool:
    """Return whether the secret gave access in that place."""
    if place == "socket":
        return await opens_socket(url, secret, cookie="")
    if place == "socket's cookie":
        return await opens_socket(url, None, cookie=secret)
    if place == "header":
        return await alive(cast.client, {"Authorization": f"Bearer {secret}"})
    if place == "cookie":
        return await alive(cast.client, {"X-OmaPosti-Client": "tests", "Cookie": f"{COOKIE}={secret}"})
    if place == "sessionRefresh":
        return (await refresh(cast.client, secret))["accessToken"] is not None
    signed_in = headers(cast, "consumer") if place == "emailChangeConfirm" else None
    return codes(await do(cast.client, place, {"token": secret, **CASES[place].besides}, signed_in)) == []


async def opens_socket(url: str, bearer: str | None, cookie: str) -> bool:
    """Return whether a socket opened with these has a viewer."""
    handshake = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    try:
        async with opened(url, origin=url, additional_headers=handshake) as socket:
            await socket.begin(bearer)
            me = (await socket.ask("{ me { email } }"))["data"]["me"]
    except ConnectionClosed as closed:
        return closed.rcvd is None or closed.rcvd.code != 4401
    return me is not None


def headers(cast: Cast, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens[who]}"}


def test_no_place_is_forgotten() -> None:
    assert places() == set(MUTATIONS)


async def test_b39_no_secret_opens_the_place_of_another(cast: Cast, url: str, database: Database) -> None:
    living = await secrets(cast, database)
    taken = MUTATIONS | SESSIONS
    assert living.keys() == set(TokenKind)
    before = await state(database)
    for place, kinds in taken.items():
        for kind in living.keys() - kinds:
            assert not await tried(cast, url, place, living[kind]), (kind, place)
            for own in kinds:  # sent as the kind that the place accepts
                assert not await tried(cast, url, place, own + living[kind].removeprefix(kind)), (kind, place)
            altered = living[kind][:-1] + ("A" if living[kind][-1] != "A" else "B")
            assert not await tried(cast, url, place, altered), (kind, place)
    assert await state(database) == before
    # No secret was used up by the attempts; mutations that end sessions come last.
    last = ("sessionRefresh", "passwordReset", "accountSecure")
    for place in [*(place for place in taken if place not in last), *last]:
        for kind in taken[place]:
            assert await tried(cast, url, place, living[kind]), (kind, place)
    for place in MUTATIONS.keys() - {"sessionRefresh"}:
        for kind in taken[place]:
            assert not await tried(cast, url, place, living[kind]), (kind, place, "twice")


async def state(database: Database) -> list[Any]:
    async with database.sessions() as db:
        return list((await db.execute(text(STATE))).one())
