"""The clock of the server's machine jumps by an hour or a day (F12), while the clock of the database stays right.

libfaketime changes the system's clock for the served process. The monotonic clock is undisturbed, as when somebody sets
the time.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.db.database import Database
from tests.cast import add_cast
from tests.conftest import UNLIMITED
from tests.faults.figures import Figures
from tests.faults.scene import PATIENCE
from tests.faults.serve_command import ServeCommands
from tests.schema.asking import post, sign_in
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.mutation_cases import codes_of
from tests.schema.mutations.session.session_facts import alive, bearer, refresh, tokens_of
from usecases.mail.message_kind import MessageKind

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="needs the Debian package libfaketime")

HOUR, DAY, MOMENT = timedelta(hours=1), timedelta(days=1), timedelta(seconds=30)
NEW_PASSWORD = "kolme kaunista ketunpentua"
ASK = """mutation { passwordResetRequest(input: {email: "member@demo.example"}) { userErrors { code } } }"""
RESET = """mutation($token: String!) {
  passwordReset(input: {token: $token, newPassword: "kolme kaunista ketunpentua"}) { userErrors { code } } }"""
SIGN_UP = """mutation { signUp(input: {email: "uusi@demo.example", password: "kolme kaunista ketunpentua",
  displayName: "Uusi"}) { userErrors { code } } }"""
CONFIRM = """mutation($token: String!) {
  emailConfirm(input: {token: $token, password: "kolme kaunista ketunpentua"}) { userErrors { code } } }"""
SIGN_OUT = "mutation { signOut { userErrors { code } } }"


class WrongClock:
    """The clock of one served process, with a settable offset."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "off"
        self.set(timedelta())
        self.environment = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, off: timedelta) -> None:
        """Set the offset of the clock."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{off.total_seconds():+.0f}\n")
        written.rename(self._file)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> WrongClock:
    return WrongClock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def server(clock: WrongClock, dsn: str, unused_tcp_port_factory: Callable[[], int]) -> Iterator[ServeCommands]:
    unlimited = json.dumps(asdict(UNLIMITED))
    with ServeCommands(unused_tcp_port_factory(), OMAPOSTI_RATE_LIMITS=unlimited, **clock.environment) as server:
        server.start(dsn)
        yield server


@pytest.fixture
async def served(server: ServeCommands, clock: WrongClock, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the server, whose clock is right at first and whose log shows no fault at the end."""
    clock.set(timedelta())
    await add_cast(database)
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE) as client:
        yield client
        assert (await client.get("/readyz")).status_code == 200
    assert [line for line in server.logged() if line.get("level") == "error"] == []


@pytest.mark.parametrize("step", [HOUR, DAY])
async def test_clock_set_forward_ends_only_what_expires(
    served: httpx.AsyncClient, clock: WrongClock, database: Database, step: timedelta
) -> None:
    signed_in = await tokens_of(served, "member")
    reset, confirm = await link(served, database, ASK), await link(served, database, SIGN_UP)
    clock.set(step + MOMENT)
    assert not await alive(served, bearer(signed_in))
    again = await refresh(served, signed_in["refreshToken"])
    assert await alive(served, bearer(again))
    assert await use(served, RESET, reset) == ["TOKEN_INVALID"]
    assert await use(served, CONFIRM, confirm) == ([] if step < DAY else ["TOKEN_INVALID"])
    assert await use(served, RESET, await link(served, database, ASK)) == []
    clock.set(step + 2 * MOMENT)
    assert await alive(served, bearer(await tokens_of_new_password(served)))
    Figures(f"F12 clock {step} forward", runs=6).publish()


@pytest.mark.parametrize("step", [HOUR, DAY])
async def test_a_clock_set_back_revives_nothing(
    served: httpx.AsyncClient, clock: WrongClock, database: Database, step: timedelta
) -> None:
    clock.set(HOUR)
    first, gone = await tokens_of(served, "member"), await tokens_of(served, "consumer")
    superseded, used = await link(served, database, ASK), await link(served, database, ASK)
    clock.set(HOUR + timedelta(minutes=11))
    assert not await alive(served, bearer(first))
    second = await refresh(served, first["refreshToken"])
    await post(served, SIGN_OUT, headers=bearer(await refresh(served, gone["refreshToken"])))
    clock.set(HOUR - step)
    assert await alive(served, bearer(second)), "sessions stay signed in"
    dead = [not await alive(served, bearer(tokens)) for tokens in (first, gone)]
    dead += [(await refresh(served, gone["refreshToken"]))["accessToken"] is None]
    dead += [await use(served, RESET, superseded) == ["TOKEN_INVALID"]]
    assert await use(served, RESET, used) == []
    dead += [not await alive(served, bearer(second)), await use(served, RESET, used) == ["TOKEN_INVALID"]]
    for later in (HOUR - step + MOMENT, timedelta(), -DAY):
        clock.set(later)
        dead += [not await alive(served, bearer(tokens)) for tokens in (first, second, gone)]
        dead += [(await refresh(served, tokens["refreshToken"]))["accessToken"] is None for tokens in (first, second)]
        dead += [await use(served, RESET, token) == ["TOKEN_INVALID"] for token in (superseded, used)]
    assert await alive(served, bearer(await tokens_of_new_password(served)))
    Figures(f"F12 clock {step} back", runs=len(dead), lost=dead.count(False)).publish()
    assert all(dead)


async def link(client: httpx.AsyncClient, database: Database, asking: str) -> str:
    """Request a link and return its secret."""
    assert codes_of(await post(client, asking)) == []
    kind = MessageKind.PASSWORD_RESET if asking == ASK else MessageKind.SIGN_UP_CONFIRM
    return (await tokens(database, kind))[-1]


async def use(client: httpx.AsyncClient, opening: str, token: str) -> list[str]:
    """Return the codes for which a link was refused, none if it worked."""
    return codes_of(await post(client, opening, {"token": token}))


async def tokens_of_new_password(client: httpx.AsyncClient) -> dict[str, str]:
    """Sign the member in with the password that the link set."""
    response = await sign_in(client, "member", NEW_PASSWORD)
    payload: dict[str, str] = response.json()["data"]["signIn"]
    return payload
