"""`omaposti serve`: the database at hand, the demo prepared if asked for, and the server until Ctrl-C."""

import asyncio
import signal
import sys
from pathlib import Path

import typer

from models.reading import LOST
from schema.build import SCHEMA
from server.app import create_app
from server.command import CommandFailedError, database_dsn
from server.database import Database, migrate, open_database
from server.serve import serve as serve_until_stopped
from server.settings import Settings
from usecases.demo import DOMAIN, PASSWORD, PEOPLE, demo_cast_present, load_demo_cast
from usecases.drop.import_drop import import_drop

SAMPLE_DROP = Path(__file__).parent.parent / "samples" / "drop-0001"


def serve() -> None:
    """Serve the API until Ctrl-C; with OMAPOSTI_DEMO=1 after preparing the sample drop and the demo cast."""
    settings = Settings()
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
            await _prepare_demo(database)
        elif settings.environment == "production":
            await _refuse_demo_cast(database)


async def _prepare_demo(database: Database) -> None:
    """Bring the schema up, import the sample drop and load the cast; what is there already stays as it is."""
    await migrate(database.engine)
    await import_drop(database.engine, SAMPLE_DROP)
    async with database.sessions.begin() as session:
        await load_demo_cast(session)


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
    typer.echo(f"The API is at {address}/graphql.")
    if settings.shows_graphiql:
        typer.echo(f"GraphiQL is at {address}/graphql in a browser.")
    if settings.shows_mailbox:
        typer.echo(f"Letters are at {address}/dev/mailbox in a browser.")
    if settings.demo:
        typer.echo(f"Sign in as {', '.join(PEOPLE)} (@{DOMAIN}) with the password {PASSWORD}.")
    typer.echo("Ctrl-C stops it.")
