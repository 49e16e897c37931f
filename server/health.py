"""What a supervisor asks: whether the process lives, and whether it can serve."""

from asyncpg import UndefinedTableError
from sqlalchemy import Select, column, select, table
from starlette.requests import Request
from starlette.responses import JSONResponse

from models.reading import DatabaseUnavailableError, fetch

REVISION: Select[tuple[str]] = select(column("version_num")).select_from(table("alembic_version"))


async def healthz(_: Request) -> JSONResponse:
    """Answer 200 as long as the event loop turns; never asks the database, whose absence no restart of ours mends."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when the database answers and has the tables this code was written for, else 503 with what to do."""
    try:
        rows = await fetch(request.app.state.services.pool, REVISION)
    except DatabaseUnavailableError:
        return _not_ready("The database does not answer; start it, or look at DATABASE_URL.")
    except UndefinedTableError:
        rows = []
    if [row["version_num"] for row in rows] != [request.app.state.newest_revision]:
        return _not_ready("The database has other tables than this version needs; run `omaposti database migrate`.")
    return JSONResponse({"status": "ok"})


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503, headers={"Retry-After": "2"})
