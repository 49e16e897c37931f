"""Small schema whose fields fail in every possible way, for tests of the layers around the real one."""

import asyncio
from collections.abc import AsyncIterator

import strawberry
from graphql import GraphQLError
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import UUID

from auth.passwords.hashing import PasswordWorkBusyError
from models.account import Account
from models.db.errors import DatabaseUnavailableError
from resolvers.core.context import RequestContext

Info = strawberry.Info[RequestContext, None]

SECRET_TEXT = "liisa@example.com in /srv/omaposti/secret.py"
EVENTS: list[str] = []  # slow fields that began, ended and were stopped


@strawberry.type
class Query:
    @strawberry.field
    def nothing(self) -> str | None:
        return None

    @strawberry.field
    def echo(self, text: str, times: int = 1) -> str:
        return text * min(times, 3)

    @strawberry.field
    def fault(self) -> str | None:
        raise RuntimeError(SECRET_TEXT)

    @strawberry.field
    def needed_fault(self) -> str:
        raise RuntimeError(SECRET_TEXT)

    @strawberry.field
    def wrong_kind(self) -> int | None:
        return SECRET_TEXT  # type: ignore[return-value] # the fault to be hidden

    @strawberry.field
    def refused(self) -> str | None:
        raise GraphQLError("Ask an administrator.", extensions={"code": "FORBIDDEN", "requires": ["SELF"]})

    @strawberry.field
    def hasty(self) -> str | None:
        raise GraphQLError(SECRET_TEXT)

    @strawberry.field
    def away(self) -> str | None:
        raise DatabaseUnavailableError(SECRET_TEXT)

    @strawberry.field
    def busy(self) -> str | None:
        raise PasswordWorkBusyError(SECRET_TEXT)

    @strawberry.field
    async def refused_read(self, info: Info) -> str | None:
        statement = select(bindparam("secret", SECRET_TEXT).cast(UUID))
        return str(await info.context.fetch(statement))

    @strawberry.field
    async def refused_write(self, info: Info) -> str | None:
        async with info.context.transaction() as db:
            await db.execute(insert(Account).values(status="ACTIVE", email=SECRET_TEXT, email_key=SECRET_TEXT))
        return None

    @strawberry.field
    async def one(self, info: Info) -> int:
        rows = await info.context.fetch(select(func.abs(-1).label("one")))
        return int(rows[0]["one"])

    @strawberry.field
    async def slow(self, info: Info, seconds: float, name: str = "slow") -> str | None:
        return await _sleep(info, seconds, name)

    @strawberry.field
    def viewer(self, info: Info) -> str | None:
        account = info.context.viewer.account
        return None if account is None else account["account_email"]

    @strawberry.field
    def language(self, info: Info) -> str:
        return info.context.language


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def slow(self, info: Info, seconds: float, name: str = "slow") -> str | None:
        return await _sleep(info, seconds, name)

    @strawberry.mutation
    def take_cookie(self, info: Info) -> bool:
        info.context.cookies.set_session("ses_new", None)
        return info.context.cookies.refusal is None

    @strawberry.mutation
    def drop_cookie(self, info: Info) -> bool:
        info.context.cookies.clear_session()
        return True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def news(self) -> AsyncIterator[str]:
        yield "none"

    @strawberry.subscription
    async def silence(self, name: str = "silence") -> AsyncIterator[str]:
        yield "listening"
        try:
            await asyncio.Event().wait()
        finally:
            EVENTS.append(f"{name} stopped")

    @strawberry.subscription
    async def flood(self) -> AsyncIterator[str]:
        while True:
            yield "x" * 50_000

    @strawberry.subscription
    async def broken_stream(self) -> AsyncIterator[str]:
        yield "begun"
        raise RuntimeError(SECRET_TEXT)


async def _sleep(info: Info, seconds: float, name: str) -> str:
    EVENTS.append(f"{name} began")
    try:
        await info.context.fetch(select(func.pg_sleep(bindparam("seconds"))), seconds=seconds)
        EVENTS.append(f"{name} ended")
    except asyncio.CancelledError:
        EVENTS.append(f"{name} stopped")
        raise
    return name


TRYING_SCHEMA = strawberry.Schema(Query, Mutation, Subscription)._schema
