"""Runs an explained query as one person and records the SQL statements."""

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from auth.authentication import viewer_of
from auth.passwords.hashing import PasswordWork
from auth.viewer import NOBODY, Viewer
from models.db.connection import ReadingConnection
from models.db.pool import ConnectionSource
from models.db.query import fetch
from models.session import VIEWER_BY_EMAIL
from resolvers.core.context import RequestContext
from schema.engine.explanation import Explanation
from server.config.errors import CommandFailedError
from server.db.database import Database
from usecases.resources import Resources


@dataclass(frozen=True, slots=True)
class Execution:
    """Result of the run: its viewer, the SQL in order, and each refused field with its rule."""

    viewer: str
    statements: list[str]
    refused: list[str]


async def execute(
    database: Database, explanation: Explanation, variables: dict[str, Any], key: str | None
) -> Execution:
    """Run the query as the account with that e-mail key, or signed out; raises CommandFailedError if there is no
    account.
    """
    viewer = await _viewer(database, key)
    recorder = Recorder(database.pool)
    passwords = PasswordWork()
    try:
        resources = Resources(database.pool, database.sessions, passwords)
        refused = await _refused(explanation, RequestContext(resources, viewer, connection_source=recorder), variables)
    finally:
        passwords.close()
    name = viewer.account["account_display_name"] if viewer.account else "a caller who is signed out"
    return Execution(name, recorder.statements, refused)


async def _viewer(database: Database, key: str | None) -> Viewer:
    if key is None:
        return NOBODY
    rows = await fetch(database.pool, VIEWER_BY_EMAIL, email_key=key)
    if not rows:
        raise CommandFailedError("no active account has this e-mail address; leave --as out to run it signed out")
    return viewer_of(rows[0])


async def _refused(explanation: Explanation, context: RequestContext, variables: dict[str, Any]) -> list[str]:
    operation, bounds = explanation.operation, explanation.bounds
    try:
        # graphql-core does the first run of an operation; it runs the same statements as the compiled code.
        answer = operation.answer(context, variables, bounds) or operation.answer(context, variables, bounds)
        if answer is None:
            raise CommandFailedError("the query has variables that do not fit their types; correct --variables")
        await answer.data
    except GraphQLError as fault:
        raise CommandFailedError(f"the query was refused: {fault.message}") from fault
    return [f"{'.'.join(map(str, error.path or ()))}: {error.message}" for error in answer.refusals]


@dataclass(slots=True)
class Recorder:
    """A source of connections that records the statements run on them."""

    connection_source: ConnectionSource
    statements: list[str] = field(default_factory=list)

    async def acquire(self) -> Any:
        return RecordedConnection(await self.connection_source.acquire(), self.statements)

    def release(self, connection: Any) -> None:
        self.connection_source.release(connection.connection)

    def close_idle(self) -> None:
        self.connection_source.close_idle()


@dataclass(slots=True)
class RecordedConnection:
    """A connection whose reads are recorded."""

    connection: ReadingConnection
    statements: list[str]

    async def rows(self, text: str, arguments: list[Any]) -> Any:
        self.statements.append(text)
        return await self.connection.rows(text, arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)
