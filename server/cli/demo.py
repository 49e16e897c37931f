"""`omaposti demo …`: demo accounts with a public password."""

import typer

from models.db.clock import now
from server.cli.common import in_database
from server.config.env import read_settings
from server.config.errors import CommandFailedError
from server.db.database import Database
from usecases.demo import load_demo_cast

demo = typer.Typer(no_args_is_help=True, help="The demo cast, for trying things out.")


@demo.command("load")
def demo_load() -> None:
    """Create the demo cast; only with OMAPOSTI_DEMO=1, because everybody knows its password."""
    settings = read_settings()
    if not settings.demo or settings.environment == "production":
        raise CommandFailedError("the demo cast is for OMAPOSTI_DEMO=1 outside production; set that first")

    async def work(opened: Database) -> bool:
        async with opened.sessions.begin() as db:
            return await load_demo_cast(db, now=now())

    typer.echo(
        "The demo cast is here." if in_database(work) else "The demo cast was here already; nothing was changed."
    )
