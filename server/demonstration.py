"""What `make run` shows: the schema, the sample drop and the demo cast, made once and left as they are afterwards."""

from pathlib import Path

from server.database import Database
from server.migration import migrate
from usecases.demo import load_demo_cast
from usecases.drop.import_drop import import_drop

SAMPLE_DROP = Path(__file__).parent.parent / "samples" / "drop-0001"


async def prepare_demonstration(database: Database) -> None:
    """Bring the schema up, import the sample drop and load the cast; what is there already stays as it is."""
    await migrate(database.engine)
    await import_drop(database.engine, SAMPLE_DROP)
    async with database.sessions.begin() as session:
        await load_demo_cast(session)
