"""Prepares the demo of `make run`: schema, sample drop and demo cast, created once."""

from pathlib import Path

from sqlalchemy import func, select

from models.db.clock import now
from server.db.database import Database
from server.db.migration import migrate
from usecases.demo import load_demo_cast
from usecases.drop.import_drop import import_drop

_TURN = select(func.pg_advisory_xact_lock(func.hashtext("omaposti demonstration")))
SAMPLE_DROP = Path(__file__).parents[2] / "samples" / "drop-0001"


async def prepare_demonstration(database: Database) -> None:
    """Migrate the schema, import the sample drop and load the cast; existing data stays as it is.

    A server that starts at the same time waits here, because two imports cannot run at once.
    """
    async with database.engine.begin() as turn:
        await turn.execute(_TURN)
        await migrate(database.engine)
        await import_drop(database.engine, SAMPLE_DROP)
        async with database.sessions.begin() as db:
            await load_demo_cast(db, now=now())
