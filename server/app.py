"""Composition root: the routes, the middleware around them, and the resources that live as long as the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from auth.passwords.hashing import PasswordWork
from auth.passwords.old_passwords import OldPasswords
from auth.rate_limiter import RateLimiter
from schema.build import SCHEMA
from server.config.settings import Settings
from server.db.database import Database, open_database
from server.dev.graphiql import graphiql_routes
from server.http.csrf import ACCEPTED_HEADERS
from server.http.endpoint import GraphQLEndpoint
from server.http.graphql_api import Api
from server.http.health import healthz, readyz
from server.http.middleware import RequestLog
from server.websocket.handshake import GraphQLSocket
from server.websocket.session_watch import open_sockets
from usecases.place import Places
from usecases.resources import Resources


class Application(Starlette):
    """Starlette without its own error and exception middleware, because `RequestLog` answers all faults and refusals
    itself.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router wrapped in our middleware."""
        app: ASGIApp = self.router
        for layer, arguments, options in reversed(self.user_middleware):
            app = layer(app, *arguments, **options)
        return app


def create_app(settings: Settings, dsn: str, schema: GraphQLSchema = SCHEMA) -> Application:
    """Return the application; it starts without the database, and serves once the database answers.

    Raises ManifestError and PlacesError for files that the settings name and that cannot be used.
    """
    api, places = Api.of(schema, settings), Places(settings.geoip_database)
    return Application(
        routes=[
            *graphiql_routes(settings),
            Route("/graphql", GraphQLEndpoint(api)),
            WebSocketRoute("/graphql", GraphQLSocket(api)),
            *_mailbox(settings),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ],
        # Outside RequestLog, so that our front end on another origin can read refusals as well.
        middleware=[
            *_behind_proxies(settings),
            *_cross_origin(settings),
            Middleware(RequestLog, encrypted=settings.environment == "production"),
        ],
        lifespan=lambda app: _lifespan(app, settings, dsn, places),
    )


@asynccontextmanager
async def _lifespan(app: Starlette, settings: Settings, dsn: str, places: Places) -> AsyncIterator[None]:
    passwords = PasswordWork()
    # Comparing with hashes of old passwords; the other two fifths are for the rest of the operation.
    old_passwords = OldPasswords(within=settings.operation_timeout * 0.6)
    async with open_database(dsn, settings) as database:
        app.state.resources = Resources(
            database.pool,
            database.sessions,
            passwords,
            RateLimiter(settings.rate_limit_url, settings.rate_limits),
            old_passwords,
            places,
        )
        try:
            async with _worker_along(settings, database), open_sockets(database.pool) as app.state.sockets:
                yield
        finally:
            passwords.close()
            await old_passwords.close()


def _mailbox(settings: Settings) -> list[Route]:
    if not settings.shows_dev_mailbox:
        return []
    from server.dev.mailbox import dev_mailbox_routes  # noqa: PLC0415 - production does not load page templates

    return dev_mailbox_routes(settings)


@asynccontextmanager
async def _worker_along(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Send messages and run the periodic jobs beside the server in the demo; elsewhere `omaposti worker` does both."""
    if not settings.demo:
        yield
        return
    from server.jobs.erasure import erasing_along  # noqa: PLC0415 - a production server does not load the worker's code
    from server.jobs.vacancies import vacating_along  # noqa: PLC0415
    from server.mail.wiring import mail_sent_along  # noqa: PLC0415

    async with mail_sent_along(settings, database), erasing_along(database), vacating_along(database):
        yield


def _behind_proxies(settings: Settings) -> list[Middleware]:
    """Return the middleware that takes the client's address from proxy headers, but only those of our own proxies
    (B45).
    """
    if not settings.trusted_proxies:
        return []
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))]


def _cross_origin(settings: Settings) -> list[Middleware]:
    if not settings.allowed_origins:
        return []
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.allowed_origins),
        allow_methods=("GET", "POST"),
        allow_headers=ACCEPTED_HEADERS,
        expose_headers=("X-Request-Id", "Retry-After"),
        allow_credentials=True,
    )
    return [cors]
