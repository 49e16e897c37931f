"""Two doors to the same use cases: the GraphQL API, and a form that knows nothing of GraphQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import httpx

from auth.authentication import authenticate
from auth.passwords.hashing import PasswordWork
from auth.rate_limiter import RateLimitedError, RateLimiter
from auth.rate_limits import RateLimits
from auth.tokens import TokenKind
from auth.viewer import NOBODY, Viewer
from models.db.clock import now
from models.session import Transport
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.schema.asking import SIGN_IN, post
from usecases.account.password import request_password_reset
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor
from usecases.gate import Gate
from usecases.refusal import RefusedError
from usecases.resources import Resources
from usecases.session.session import OpenedSession
from usecases.session.sign_in import SignInForm, reauthenticate, sign_in

ADDRESS = "192.0.2.7"
STRICT = RateLimits(sign_in_account_from="3 per hour", reauthentication="2 per hour", mail_to_from="1 per hour")
REAUTHENTICATE = """mutation($password: String!) {
  reauthenticate(input: {password: $password}) { accessToken userErrors { code } } }"""
RESET = "mutation($email: String!) { passwordResetRequest(input: {email: $email}) { userErrors { code } } }"

Answered = tuple[str, str]  # the code of a refusal or "done", and the access token or ""


class Door(Protocol):
    """A way into the system, and the password threads behind it."""

    @property
    def passwords(self) -> PasswordWork: ...

    async def sign_in(self, email: str, password: str) -> Answered: ...

    async def reauthenticate(self, access_token: str, password: str) -> Answered: ...

    async def request_reset(self, email: str) -> Answered: ...


@dataclass
class Form:
    """A door without GraphQL, such as a page with a form or OpenID Connect."""

    resources: Resources
    clock: Callable[[], datetime] = now

    @property
    def passwords(self) -> PasswordWork:
        return self.resources.passwords

    async def sign_in(self, email: str, password: str) -> Answered:
        gate = self._gate(Action.SESSION_SIGN_IN)
        return await _answered(gate, lambda: sign_in(gate, SignInForm(email, password, Transport.TOKEN)))

    async def reauthenticate(self, access_token: str, password: str) -> Answered:
        viewer = await authenticate(self.resources.pool, TokenKind.ACCESS, access_token)
        gate = self._gate(Action.SESSION_REAUTHENTICATE, viewer)
        return await _answered(gate, lambda: reauthenticate(gate, password))

    async def request_reset(self, email: str) -> Answered:
        gate = self._gate(Action.ACCOUNT_PASSWORD_RESET_REQUEST)
        return await _answered(gate, lambda: request_password_reset(gate, email))

    def _gate(self, action: Action, viewer: Viewer = NOBODY) -> Gate:
        return Gate(action=action, actor=Actor(viewer, address=ADDRESS), resources=self.resources, clock=self.clock)


async def _answered(gate: Gate, use_case: Callable[[], Awaitable[OpenedSession | None]]) -> Answered:
    try:
        opened = await gate.attempt(use_case)
    except RefusedError as refused:
        return refused.refusals[0].code, ""
    except RateLimitedError:
        return "RATE_LIMITED", ""
    return "done", opened.secret if opened is not None else ""


@dataclass
class Api:
    """The GraphQL API over HTTP."""

    client: httpx.AsyncClient
    passwords: PasswordWork

    async def sign_in(self, email: str, password: str) -> Answered:
        return await self._asked(SIGN_IN, {"email": email, "password": password, "transport": "TOKEN"})

    async def reauthenticate(self, access_token: str, password: str) -> Answered:
        return await self._asked(REAUTHENTICATE, {"password": password}, {"Authorization": f"Bearer {access_token}"})

    async def request_reset(self, email: str) -> Answered:
        return await self._asked(RESET, {"email": email})

    async def _asked(self, query: str, variables: dict[str, Any], headers: dict[str, str] | None = None) -> Answered:
        answer = (await post(self.client, query, variables, headers)).json()
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"], ""
        (payload,) = answer["data"].values()
        code = payload["userErrors"][0]["code"] if payload["userErrors"] else "done"
        return code, payload.get("accessToken") or ""


@asynccontextmanager
async def form(database: Database) -> AsyncIterator[Form]:
    """Open a form on the database, with strict rate limits."""
    resources = Resources(database.pool, database.sessions, PasswordWork(), RateLimiter(rate_limits=STRICT))
    try:
        yield Form(resources)
    finally:
        resources.passwords.close()
        await resources.old_passwords.close()


@asynccontextmanager
async def api(dsn: str, settings: Settings) -> AsyncIterator[Door]:
    """Serve the API on the database, with strict rate limits."""
    app = create_app(replace(settings, rate_limits=STRICT), dsn)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=(ADDRESS, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield Api(client, app.state.resources.passwords)
