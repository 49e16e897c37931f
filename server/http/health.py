"""Health checks for a supervisor: liveness and readiness."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from models.db.errors import DatabaseUnavailableError
from server.config.version import VERSION
from server.db.revision import revision_fault, revision_of


async def healthz(_: Request) -> JSONResponse:
    """Answer 200 while the event loop runs; ignores the database, because restarting us would not bring it back."""
    return JSONResponse({"status": "ok", "version": VERSION})


async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when the database answers and has our revision, else 503 with what to do."""
    try:
        fault = revision_fault(await revision_of(request.app.state.resources.pool))
    except DatabaseUnavailableError:
        return _not_ready("The database does not answer; start it, or look at DATABASE_URL.")
    return JSONResponse({"status": "ok"}) if fault is None else _not_ready(f"Not ready: {fault}.")


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503, headers={"Retry-After": "2"})
