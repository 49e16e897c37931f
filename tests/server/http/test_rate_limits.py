"""Rate limits over HTTP, for an attacker with many addresses and for an honest person."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from auth.rate_limits import RateLimits
from models.account import Language
from models.message import Message
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import add_cast
from tests.schema.asking import BROWSER, audited, post, sign_in
from tests.server.serving import serving
from tests.server.websocket.socket_client import opened
from usecases.demo import PASSWORD
from usecases.texts import text

RESET = "mutation($email: String!) { passwordResetRequest(input: {email: $email}) { userErrors { code } } }"
RESEND = "mutation($email: String!) { emailConfirmationResend(input: {email: $email}) { userErrors { code } } }"
SIGN_UP = """mutation($email: String!, $password: String!) {
  signUp(input: {email: $email, password: $password, displayName: "Liisa Lisätty"}) { userErrors { code } } }"""
TRY_AGAIN = "mutation($password: String!) { reauthenticate(input: {password: $password}) { userErrors { code } } }"


def answer_of(response: httpx.Response) -> str:
    """Return the code of the answer's first error or user error, or "done"."""
    answer: dict[str, Any] = response.json()
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    (payload,) = answer["data"].values()
    return str(payload["userErrors"][0]["code"]) if payload["userErrors"] else "done"


class Subscribers:
    """Clients with addresses of their own, at one application with the default rate limits."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def at(self, address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self._app, client=(address, 50000))
        return httpx.AsyncClient(transport=transport, base_url="http://testserver")

    async def fail(self, address: str, who: str = "member", times: int = 1) -> list[str]:
        """Try a wrong password that many times at once."""
        async with self.at(address) as client:
            responses = await asyncio.gather(*(sign_in(client, who, f"wrong {n}") for n in range(times)))
        return sorted(answer_of(response) for response in responses)


@pytest.fixture
async def subscribers(database: Database, dsn: str, settings: Settings) -> AsyncIterator[Subscribers]:
    """Return the clients, with the cast in the database; the limit per account is low."""
    await add_cast(database)
    strict = replace(settings, rate_limits=RateLimits(sign_in_account="30 per hour"))
    app = create_app(strict, dsn)
    async with app.router.lifespan_context(app):
        yield Subscribers(app)


async def test_guesser_is_stopped_and_told_the_wait_in_their_language(subscribers: Subscribers) -> None:
    assert await subscribers.fail("192.0.2.1", times=30) == ["RATE_LIMITED"] * 20 + ["SIGN_IN_FAILED"] * 10
    said = {
        "fi": r"Liian monta yritystä\. Odota (minuutti|\d+ minuuttia) ja yritä sitten uudelleen\.",
        "sv": r"För många försök\. Vänta (en minut|\d+ minuter) och försök sedan igen\.",
        "en": r"Too many tries\. Wait (a minute|\d+ minutes), then try again\.",
    }
    for language, message in said.items():
        async with subscribers.at("192.0.2.1") as client:
            response = await sign_in(client, "member", headers={"Accept-Language": language})
        assert response.status_code == 429, "the right password is not even looked at"
        assert "data" not in response.json()
        (error,) = response.json()["errors"]
        assert 0 < error["extensions"]["retryAfter"] <= 900
        assert response.headers["retry-after"] == str(error["extensions"]["retryAfter"])
        assert re.fullmatch(message, error["message"])


async def test_rate_limit_of_one_field_among_others_answers_the_others(subscribers: Subscribers) -> None:
    await subscribers.fail("192.0.2.1", times=10)
    both = """mutation { signIn(input: {email: "member@demo.example", password: "x", transport: TOKEN}) { accessToken }
      signOut { __typename } }"""
    async with subscribers.at("192.0.2.1") as client:
        response = await post(client, both)
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["signIn"], "RATE_LIMITED")
    assert error["extensions"]["retryAfter"] > 0
    assert response.json()["data"] == {"signIn": None, "signOut": {"__typename": "SignOutPayload"}}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_wait_of_one_minute_is_in_the_singular(language: str) -> None:
    assert "1" not in text(Language(language), "RATE_LIMITED", {"minutes": 1})


async def test_rate_limit_does_not_reveal_accounts(subscribers: Subscribers) -> None:
    for who in ("member", "nobody-at-all", "suspended", "not an address"):
        assert await subscribers.fail("192.0.2.1", who, times=12) == ["RATE_LIMITED"] * 2 + ["SIGN_IN_FAILED"] * 10


async def test_a_refused_attempt_does_not_fill_the_audit(subscribers: Subscribers, database: Database) -> None:
    await subscribers.fail("192.0.2.1", times=40)
    assert len(await audited(database, "session.signIn")) == 10


async def test_b41_aliases_of_a_sign_in_are_refused(subscribers: Subscribers) -> None:
    one = '{a}: signIn(input: {{email: "x@x.example", password: "{n}", transport: TOKEN}}) {{ userErrors {{ code }} }}'
    query = "mutation { " + " ".join(one.format(a=f"a{n}", n=n) for n in range(2)) + " }"
    async with subscribers.at("192.0.2.1") as client:
        (error,) = (await post(client, query)).json()["errors"]
        assert error["extensions"]["limit"] == "MUTATIONS_THAT_TRY_A_SECRET"
        batch = await client.post("/graphql", json=[{"query": query}] * 50)
        assert batch.status_code == 400


async def test_b44_rate_limit_applies_to_signed_in_callers(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.1") as client:
        signed_in = (await sign_in(client, "member")).json()["data"]["signIn"]
        headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
        answers = [answer_of(await post(client, TRY_AGAIN, {"password": f"x{n}"}, headers)) for n in range(12)]
    assert answers == ["SIGN_IN_FAILED"] * 10 + ["RATE_LIMITED"] * 2


async def test_b44_rate_limit_applies_to_sockets(database: Database, dsn: str, settings: Settings) -> None:
    await add_cast(database)
    strict = replace(settings, rate_limits=RateLimits())
    one = 'mutation { signIn(input: {email: "member@demo.example", password: "x", transport: TOKEN}) { %s } }'
    with serving(create_app(strict, dsn), strict) as url:
        async with opened(url) as socket:
            await socket.begin()
            answers = [await socket.ask(one % "userErrors { code }", str(n)) for n in range(12)]
        assert ["errors" in answer for answer in answers] == [False] * 10 + [True] * 2
        assert answers[-1]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert answers[-1]["errors"][0]["extensions"]["retryAfter"] > 0
        async with httpx.AsyncClient(base_url=url) as client:
            assert answer_of(await sign_in(client, "member")) == "RATE_LIMITED"


async def test_b59_unknown_documents_are_rate_limited_by_address(
    database: Database, dsn: str, settings: Settings
) -> None:
    app = create_app(replace(settings, rate_limits=RateLimits(document="6 per hour")), dsn)
    subscribers = Subscribers(app)
    async with (
        app.router.lifespan_context(app),
        subscribers.at("192.0.2.1") as stranger,
        subscribers.at("192.0.2.2") as other,
    ):
        known = ["{ services { code } }", "{ services { name } }"]
        refused = ["{ nothing }", "{", "{" + "me{id} " * 30 + "}"]
        assert [(await post(stranger, text)).status_code for text in known] == [200] * 2
        codes = [answer_of(await post(stranger, text)) for text in refused]
        assert codes == ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "LIMIT_EXCEEDED"]
        more = [*known * 5, "{ services { id } }", "{ services { id code } }"]
        again = [await post(stranger, text) for text in more]
        assert [answer.status_code for answer in again] == [200] * 11 + [429]
        assert answer_of(again[-1]) == "RATE_LIMITED"
        assert 0 < int(again[-1].headers["retry-after"]) <= 3600
        assert (await post(other, "{ services { id code } }")).status_code == 200
        assert (await post(stranger, "{ services { id code } }")).status_code == 200, "somebody else's has been read"


async def test_b59_unknown_documents_are_rate_limited_on_sockets(
    database: Database, dsn: str, settings: Settings
) -> None:
    strict = replace(settings, rate_limits=RateLimits(document="3 per hour"))
    with serving(create_app(strict, dsn), strict) as url:
        async with opened(url) as socket:
            await socket.begin()
            answers = [await socket.ask(f"{{ a{n}: services {{ code }} }}", str(n)) for n in range(4)]
    assert ["data" in answer for answer in answers] == [True] * 3 + [False]


async def test_b45_forged_address_of_a_caller_is_ignored(subscribers: Subscribers) -> None:
    answers = []
    async with subscribers.at("192.0.2.1") as client:
        for n in range(20):
            claimed = f"198.51.100.{n}"
            headers = {"X-Forwarded-For": claimed, "X-Real-IP": claimed, "Forwarded": f"for={claimed}"}
            answers.append(answer_of(await sign_in(client, "member", f"wrong {n}", headers=headers)))
    assert answers == ["SIGN_IN_FAILED"] * 10 + ["RATE_LIMITED"] * 10


async def test_b45_only_our_own_proxy_is_trusted_for_the_last_address(
    database: Database, dsn: str, settings: Settings
) -> None:
    await add_cast(database)
    app = create_app(replace(settings, rate_limits=RateLimits(), trusted_proxies=("10.0.0.0/8",)), dsn)
    async with app.router.lifespan_context(app), Subscribers(app).at("10.1.2.3") as proxy:
        for n in range(12):
            headers = {"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.1, 10.9.9.9"}
            answer = answer_of(await sign_in(proxy, "member", f"wrong {n}", headers=headers))
        assert answer == "RATE_LIMITED", "what stands before our proxy's own entry was written by the caller"
        neighbour = await sign_in(proxy, "member", headers={"X-Forwarded-For": "192.0.2.2"})
        assert answer_of(neighbour) == "done"


async def test_b46_successful_sign_in_does_not_reset_the_limit(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.1") as client:
        answers = []
        for n in range(6):
            answers += await subscribers.fail("192.0.2.1", times=4)
            await sign_in(client, "consumer" if n % 2 else "manager")
    assert answers.count("SIGN_IN_FAILED") == 10


async def test_b47_hundreds_of_failures_do_not_lock_an_account(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.9") as client:
        known = (await sign_in(client, "member", transport="COOKIE", headers=BROWSER)).headers.get_list("set-cookie")
    for _ in range(4):
        assert (await subscribers.fail("192.0.2.1", times=200)).count("SIGN_IN_FAILED") <= 10
    async with subscribers.at("192.0.2.2") as client:
        assert answer_of(await sign_in(client, "member")) == "done", "from another address, at the first try"
    for n in range(100, 103):  # now from many addresses
        await subscribers.fail(f"192.0.2.{n}", times=10)
    assert await subscribers.fail("192.0.2.3") == ["RATE_LIMITED"]
    (device,) = [cookie.partition(";")[0] for cookie in known if cookie.startswith("__Host-device=")]
    async with subscribers.at("192.0.2.1") as client:
        at_home = await sign_in(client, "member", PASSWORD, "COOKIE", BROWSER | {"Cookie": device})
    assert answer_of(at_home) == "done", "a known browser has its own bucket, even at the attacker's address"


async def messages_to(database: Database, email: str) -> int:
    async with database.sessions() as db:
        return await db.scalar(select(func.count()).select_from(Message).filter_by(email_key=email)) or 0


@pytest.mark.parametrize("email", ["member@demo.example", "nobody-at-all@demo.example"])
async def test_b48_mailbox_gets_three_messages_an_hour_from_all_callers(
    subscribers: Subscribers, database: Database, email: str
) -> None:
    answers = []
    for n in range(1, 11):
        async with subscribers.at(f"192.0.2.{n}") as client:
            for query in (RESET, RESEND, SIGN_UP):
                variables = {"email": email} | ({"password": PASSWORD} if query is SIGN_UP else {})
                answers.append(answer_of(await post(client, query, variables)))
    assert answers.count("done") == 3
    assert answers.count("RATE_LIMITED") == len(answers) - 3
    assert await messages_to(database, email) <= 3


async def test_b48_one_address_does_not_use_up_a_mailboxs_messages(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.1") as client:
        answers = [answer_of(await post(client, RESET, {"email": "member@demo.example"})) for _ in range(8)]
    assert answers == ["done"] * 2 + ["RATE_LIMITED"] * 6
    async with subscribers.at("192.0.2.2") as client:
        assert answer_of(await post(client, RESET, {"email": "member@demo.example"})) == "done"


async def test_message_over_the_limit_is_refused_before_any_statement(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.1") as client:
        statements = []
        for query in [RESET] * 3 + [RESEND, SIGN_UP]:
            variables = {"email": "member@demo.example"} | ({"password": PASSWORD} if query is SIGN_UP else {})
            with capture_logs() as logs:
                await post(client, query, variables)
            statements += [line["statements"] for line in logs if line["event"] == "request"]
    assert min(statements[:2]) > 0
    assert statements[2:] == [0, 0, 0]


async def test_invalid_sign_up_does_not_count_as_a_message(subscribers: Subscribers) -> None:
    async with subscribers.at("192.0.2.1") as client:
        for _ in range(5):
            bad = await post(client, SIGN_UP, {"email": "liisa@demo.example", "password": "short"})
            assert answer_of(bad) == "PASSWORD_TOO_SHORT"
        good = {"email": "liisa@demo.example", "password": "kolme sanaa peräkkäin riittää"}
        assert answer_of(await post(client, SIGN_UP, good)) == "done"


async def test_guessing_links_and_refresh_tokens_is_rate_limited(subscribers: Subscribers) -> None:
    confirm = 'mutation { emailConfirm(input: {token: "x"}) { userErrors { code } } }'
    async with subscribers.at("192.0.2.1") as client:
        answers = [answer_of(await post(client, confirm)) for _ in range(62)]
    assert answers == ["TOKEN_INVALID"] * 60 + ["RATE_LIMITED"] * 2
