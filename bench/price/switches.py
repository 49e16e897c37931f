"""The switches of the optimizations: each undoes one of them in its own process, before the command line starts.

A switch puts the plain way of doing the same in the place of the optimized one. It changes nothing that a caller sees,
and nothing of it is part of the product: `python -m bench.price.without lease serve` serves without the lease.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any

Switch = Callable[[], None]


def module_named(name: str) -> Any:
    """Return a module whose names can be replaced."""
    return import_module(name)


def _patch(path: str, **names: Any) -> None:
    """Replace names of a module, or with `module:Class` of a class."""
    module, _, within = path.partition(":")
    target = module_named(module)
    for name, value in names.items():
        setattr(getattr(target, within) if within else target, name, value)


def _ignore(*_: object, **__: object) -> None:
    pass


_NO_GC = SimpleNamespace(collect=_ignore, freeze=_ignore, disable=_ignore, enable=_ignore, set_threshold=_ignore)


def nothing() -> None:
    """Leave all as it is."""


def deadline_poller() -> None:
    """Give each time limit a timer of the event loop: connection, body, operation, hang-up watch, lease."""
    timers: dict[object, asyncio.TimerHandle] = {}

    def stop(key: object) -> None:
        timer = timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def start(key: object) -> None:
        stop(key)
        timers[key] = asyncio.get_running_loop().call_later(30, _ignore)

    _patch("models.db.deadlines:DeadlinePoller", add=lambda _, key: start(key), remove=lambda _, key: stop(key))
    _after("models.db.pool:Pool", "_hand_out", lambda _, connection: start(connection))
    _after("models.db.pool:Pool", "release", lambda _, connection: stop(connection))
    _after("server.http.lifetime:Lifetime", "begin_operation", lambda lifetime, _: start(lifetime))
    _after("server.http.lifetime:Lifetime", "watch_caller", lambda _, receive: start(receive))
    _after("server.http.lifetime:Lifetime", "__exit__", lambda lifetime, *_: stop(lifetime._receive))
    connection = "server.uvicorn_patches.http_protocol:BoundedConnection"
    _after(connection, "_await_headers", lambda connection, _: start(connection))
    _after(connection, "on_headers_complete", stop)


def one_lifetime() -> None:
    """Enter and leave a block for the session and another for the operation."""
    lifetime = module_named("server.http.lifetime").Lifetime

    def block(*_: object) -> None:
        with lifetime(30):
            pass

    _after("server.http.lifetime:Lifetime", "begin_operation", block)
    _after("server.http.lifetime:Lifetime", "reading_session", block)


def lease() -> None:
    """Borrow a connection from the pool for each read."""
    _patch(
        "server.http.lifetime:Lifetime",
        reading_session=lambda _, pool: pool,
        executing=lambda _, changes: None,
    )


def prepared_statements() -> None:
    """Read with asyncpg's own `fetch` and its cache of statements."""
    _patch("models.db.connection:ReadingConnection", rows=lambda self, text, arguments: self.fetch(text, *arguments))


def bind_execute() -> None:
    """Read a prepared statement with its public `fetch`."""
    _patch(
        "models.db.connection:ReadingConnection",
        _fetched=lambda _, statement, arguments: statement.fetch(*arguments),
    )


def constants_in_text() -> None:
    """Send the constants of a statement as parameters."""
    query = module_named("models.db.query")
    fetch, constants = query.fetch, {}

    def written(statement: Any) -> tuple[str, tuple[str, ...]]:
        if statement not in constants:
            compiled = statement.compile(dialect=query._DIALECT)
            values = {name: value for name, value in compiled.params.items() if value is not None}
            for name, process in compiled._bind_processors.items():
                if name in values:
                    values[name] = process(values[name])
            constants[statement] = values, (str(compiled), tuple(compiled.positiontup))
        written_out: tuple[str, tuple[str, ...]] = constants[statement][1]
        return written_out

    def fetch_with(pool: Any, statement: Any, **parameters: Any) -> Any:
        written(statement)
        return fetch(pool, statement, **{**constants[statement][0], **parameters})

    _patch("models.db.query", written=written, fetch=fetch_with)


def allowed_ids() -> None:
    """Ask the rule for each row."""

    def allowed(self: Any, rule: Any, row: str) -> str | None:
        if rule is None or rule.who == "PUBLIC":
            return None
        return f"{self.names.constant(rule, 'rule')}.allows(context.viewer, {row})"

    _patch("schema.engine.compiler.source:Writer", _allowed=allowed)


def loader() -> None:
    """Batch with Strawberry's DataLoader."""
    from strawberry.dataloader import DataLoader  # noqa: PLC0415 - its cost is measured

    def strawberrys(load: Callable[[list[Any]], Awaitable[list[Any]]]) -> Any:
        return DataLoader(load_fn=load)

    _patch("resolvers.core.loader", Loader=strawberrys)


def reads_alone() -> None:
    """Read the only list of its level by a loader too."""
    field = module_named("schema.engine.plan").PlannedField
    _patch("schema.engine.compiler.reading:FieldReading", window=_window_of(field))


def _window_of(field: Any) -> Callable[[Any], str]:
    reading = module_named("schema.engine.compiler.reading").FieldReading
    window: Callable[[Any], str] = reading.window

    def repeated(self: Any) -> str:
        was, self.planned.repeated = self.planned.repeated, True
        try:
            return window(self)
        finally:
            self.planned.repeated = was

    assert "repeated" in field.__dataclass_fields__
    return repeated


def queried_columns() -> None:
    """Read every column of a list and of an object."""
    _patch("schema.engine.compiler.reading", columns_of=lambda _: None)


def middleware_stack() -> None:
    """Keep Starlette's two layers for faults and refusals."""
    del module_named("server.app").Application.build_middleware_stack


def log_steps() -> None:
    """Log through structlog's own processors, one for each purpose."""
    structlog, logging = module_named("structlog"), module_named("server.config.logging")
    configure = structlog.configure
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    steps = [structlog.processors.add_log_level, stamp, structlog.processors.format_exc_info]

    def configured(*, processors: list[Any], **more: Any) -> None:
        configure(processors=[*steps, lambda _, __, event: logging.conceal(event), processors[-1]], **more)

    structlog.configure = configured


def moments_compared() -> None:
    """Send the clock as a datetime, and compare the session's two times here."""
    clock, sql = module_named("models.db.clock"), module_named("sqlalchemy")
    clock.NOW = sql.bindparam("now", type_=sql.DateTime(timezone=True))
    clock.seconds = clock.now
    session = module_named("models.session").Session

    def compared(viewer_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def decoded(row: Any) -> Any:
            now = clock.now()
            _ignore(row["last_seen_at"] < now, row["reauthenticated_at"] < now)
            return viewer_of(row)

        return decoded

    _change_viewer_read(
        lambda statement: statement.add_columns(session.last_seen_at, session.reauthenticated_at), compared
    )


def arrays() -> None:
    """Join the viewer's roles and tasks as aggregates."""
    session, sql = module_named("models.session"), module_named("sqlalchemy")

    def joined(statement: Any) -> Any:
        kept = [column for column in statement.selected_columns if column.key not in _HELD]
        statement = statement.with_only_columns(*kept, maintain_column_froms=True)
        for number, (columns, which) in enumerate(_held(session)):
            aggregates = [
                sql.func.coalesce(sql.func.array_agg(column), sql.literal_column("'{}'")).label(label)
                for label, column in columns
            ]
            held = sql.select(*aggregates).where(which).correlate(session.Account).lateral(f"held_{number}")
            statement = statement.add_columns(*held.c).join(held, sql.true())
        return statement

    _change_viewer_read(joined, lambda viewer_of: viewer_of)


_HELD = {"organization_ids", "roles", "staff_roles", "tasks"}


def _held(session: Any) -> list[tuple[list[tuple[str, Any]], Any]]:
    membership = [("organization_ids", session.Membership.organization_id), ("roles", session.Membership.role)]
    return [
        (membership, session._HELD),
        ([("staff_roles", session.StaffGrant.role)], session._GRANTED),
        ([("tasks", session.Task.kind)], session._OPEN),
    ]


def rare_columns() -> None:
    """Read with every viewer when the address was last proved."""
    account = module_named("models.account")

    def joined(statement: Any) -> Any:
        proved = account.EmailConfirmation
        statement = statement.outerjoin(proved, proved.account_id == account.Account.id)
        return statement.add_columns(proved.confirmed_at.label("account_email_confirmed_at"))

    _change_viewer_read(joined, lambda viewer_of: viewer_of)


def language_table() -> None:
    """Find a language by its enum."""
    negotiation = module_named("server.http.content_negotiation")

    class Table:
        def __getitem__(self, value: str) -> object:
            return negotiation.Language(value)

    negotiation._LANGUAGES = Table()


def gc_of_server() -> None:
    """Collect garbage in the server as Python does by itself, nothing frozen."""
    _patch("server.uvicorn_patches.server", gc=_NO_GC)
    _patch("server.cli.main", gc=_NO_GC)


def gc_at_load() -> None:
    """Collect garbage while code is loaded."""
    _patch("server.cli.main", gc=_NO_GC)


def gc_of_import() -> None:
    """Collect garbage in an import as Python does by itself."""
    _patch("usecases.drop.base.gc_tuning", gc=SimpleNamespace(**{**vars(_NO_GC), "get_threshold": lambda: ()}))
    module_named("usecases.drop.base.gc_tuning").gc.unfreeze = _ignore


def rich() -> None:
    """Load structlog with rich."""
    _patch("server.cli.main", _load_log_without_rich=_ignore)


def lazy_commands() -> None:
    """Load the parser and every command with the server."""
    main = module_named("server.cli.main")

    def every(_: list[str]) -> Callable[[], object]:
        command: Callable[[], object] = module_named("server.cli.parser").parser(main.COMMANDS)
        return command

    main._wanted = every


def _change_viewer_read(change: Callable[[Any], Any], viewer: Callable[[Any], Any]) -> None:
    authentication = module_named("auth.authentication")
    for kind, credential in authentication.CREDENTIALS.items():
        changed = authentication.Credential(change(credential.statement), viewer(credential.viewer_of))
        authentication.CREDENTIALS[kind] = changed


def _after(path: str, name: str, then: Callable[..., object]) -> None:
    module, _, within = path.partition(":")
    former = getattr(getattr(module_named(module), within), name)

    def both(*arguments: Any, **more: Any) -> Any:
        done = former(*arguments, **more)
        then(*arguments)
        return done

    _patch(path, **{name: both})


SWITCHES: Mapping[str, Switch] = {
    switch.__name__: switch
    for switch in (
        nothing,
        deadline_poller,
        one_lifetime,
        lease,
        prepared_statements,
        bind_execute,
        constants_in_text,
        allowed_ids,
        loader,
        reads_alone,
        queried_columns,
        middleware_stack,
        log_steps,
        moments_compared,
        arrays,
        rare_columns,
        language_table,
        gc_of_server,
        gc_at_load,
        gc_of_import,
        rich,
        lazy_commands,
    )
}
