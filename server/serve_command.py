"""`omaposti serve`: the database at hand, the demo prepared if asked for, and the server until Ctrl-C."""

import asyncio
import signal
import sys

from models.reading import LOST
from schema.build import SCHEMA
from server.app import create_app
from server.command import CommandFailedError, database_dsn
from server.database import Database, open_database
from server.environment import read_settings
from server.serve import serve as serve_until_stopped
from server.settings import Settings
from usecases.demo import DOMAIN, PASSWORD, PEOPLE, demo_cast_present


def serve() -> None:
    """Serve the API until Ctrl-C; with OMAPOSTI_DEMO=1 after preparing the sample drop and the demo cast."""
    settings = read_settings()
    if settings.demo and settings.environment == "production":
        raise CommandFailedError(
            "OMAPOSTI_DEMO=1 is not for production, where nobody may have a password that everybody knows; "
            "set OMAPOSTI_ENVIRONMENT=development to try things out"
        )
    # SIGTERM unwinds like Ctrl-C: at its default it would leave the database running behind us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with database_dsn(settings) as dsn:
        asyncio.run(_prepare(dsn, settings))
        _say_how_to_begin(settings)
        serve_until_stopped(create_app(settings, dsn, SCHEMA), settings)


async def _prepare(dsn: str, settings: Settings) -> None:
    async with open_database(dsn, settings, bounded=False) as database:
        if settings.demo:
            from server.demonstration import prepare_demonstration  # noqa: PLC0415 - the import is no part of serving

            await prepare_demonstration(database)
        elif settings.environment == "production":
            await _refuse_demo_cast(database)


async def _refuse_demo_cast(database: Database) -> None:
    """Stop before serving when the demo cast is in the database; without a database the server waits as usual."""
    try:
        async with database.sessions() as session:
            present = await demo_cast_present(session)
    except (*LOST, TimeoutError):
        return
    if present:
        raise CommandFailedError(
            f"the demo cast (@{DOMAIN}) is in this database and everybody knows its password; "
            "use a database without it in production"
        )


def _say_how_to_begin(settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    lines = [f"The API is at {address}/graphql."]
    if settings.shows_graphiql:
        lines.append(f"GraphiQL is at {address}/graphql in a browser.")
    if settings.shows_mailbox:
        lines.append(f"Letters are at {address}/dev/mailbox in a browser.")
    if settings.demo:
        lines.append(f"Sign in as {', '.join(PEOPLE)} (@{DOMAIN}) with the password {PASSWORD}.")
    sys.stdout.write("\n".join([*lines, "Ctrl-C stops it.", ""]))
    sys.stdout.flush()
