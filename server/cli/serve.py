"""`omaposti serve`: opens the database, prepares the demo if requested, and runs the server until Ctrl-C."""

import asyncio
import sys
from dataclasses import replace

from asyncpg.exceptions import ClientConfigurationError

from models.db.errors import LOST, DatabaseUnavailableError
from schema.build import SCHEMA
from server.app import create_app
from server.cli.common import database_dsn, refuse_newer_revision, require_revision, until_stopped
from server.config.env import read_settings
from server.config.errors import CommandFailedError
from server.config.listening import listening
from server.config.logging import configure_logging
from server.config.notices import log_what_is_not_configured
from server.config.settings import Settings
from server.config.version import VERSION
from server.db.database import Database, open_database
from server.uvicorn_patches.server import serve as serve_until_stopped
from usecases.demo import DOMAIN, PASSWORD, PEOPLE, demo_cast_present


def serve() -> None:
    """Serve the API until Ctrl-C; with OMAPOSTI_DEMO=1 after preparing the sample drop and the demo cast."""
    settings = read_settings()
    if settings.demo and settings.environment == "production":
        raise CommandFailedError(
            "OMAPOSTI_DEMO=1 is not for production, where nobody may have a password that everybody knows; "
            "set OMAPOSTI_ENVIRONMENT=development to try things out"
        )
    with until_stopped(), listening(settings) as listeners, database_dsn(settings) as dsn:
        configure_logging(settings)
        served = replace(settings, port=listeners[0].getsockname()[1])
        asyncio.run(_prepare(dsn, settings))
        app = create_app(served, dsn, SCHEMA)
        _say_how_to_begin(served)
        log_what_is_not_configured(settings)
        serve_until_stopped(app, served, listeners)


async def _prepare(dsn: str, settings: Settings) -> None:
    async with open_database(dsn, settings, bounded=False) as database:
        if settings.demo:
            from server.dev.demo import prepare_demonstration  # noqa: PLC0415 - only the demo needs imports

            await refuse_newer_revision(database)
            await prepare_demonstration(database)
        try:
            await require_revision(database)
            if settings.environment == "production":
                await _refuse_demo_cast(database)
        except DatabaseUnavailableError as away:
            if isinstance(away.__cause__, ClientConfigurationError):
                raise CommandFailedError(f"DATABASE_URL cannot be used: {away}; correct it") from away
            # Otherwise the server starts and waits for the database, as after any other outage.
        except (*LOST, TimeoutError):
            pass


async def _refuse_demo_cast(database: Database) -> None:
    async with database.sessions() as db:
        present = await demo_cast_present(db)
    if present:
        raise CommandFailedError(
            f"the demo cast (@{DOMAIN}) is in this database and everybody knows its password; "
            "use a database without it in production"
        )


def _say_how_to_begin(settings: Settings) -> None:
    address = settings.address
    lines = [f"OmaPosti Accounts {VERSION}", f"The API is at {address}/graphql."]
    if settings.shows_graphiql:
        lines.append(f"GraphiQL is at {address}/graphql in a browser.")
    if settings.shows_dev_mailbox:
        lines.append(f"Messages are at {address}/dev/mailbox in a browser.")
    if settings.demo:
        lines.append(f"Sign in as {', '.join(PEOPLE)} (@{DOMAIN}) with the password {PASSWORD}.")
    sys.stdout.write("\n".join([*lines, "Ctrl-C stops it.", ""]))
    sys.stdout.flush()
