"""What `make run` shows: the schema, the sample drop and the demo cast, made once and left as they are afterwards."""

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
    """Bring the schema up, import the sample drop and load the cast; what is there already stays as it is.

    A server that starts at the same time waits here; its import would be refused while the other one runs.
    """
    async with database.engine.begin() as turn:
        await turn.execute(_TURN)
        await migrate(database.engine)
        await import_drop(database.engine, SAMPLE_DROP)
        async with database.sessions.begin() as db:
            await load_demo_cast(db, now=now())
