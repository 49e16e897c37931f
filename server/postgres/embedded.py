"""Embedded PostgreSQL: started on a Unix socket when DATABASE_URL is not set, so that nothing need be installed."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from server.postgres import as_root as postgres_for_root
from server.postgres.binaries import EmbeddedPostgresError, Programs, package_folder
from server.postgres.file_lock import FileLock
from server.postgres.server import PostgresServer

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "running"]

# Terse: detailed errors would put people's data into the log.
DEFAULTS = {"max_connections": "100", "shared_buffers": "128MB", "log_error_verbosity": "terse"}


@contextmanager
def running(data_dir: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """Run the database of `data_dir` inside the block, which gets its DSN."""
    postgres = EmbeddedPostgres(data_dir, settings)
    try:
        yield postgres.start()
    finally:
        postgres.stop()


class EmbeddedPostgres:
    """The database in one data folder: the first process starts the server, the last one stops it.

    `settings` are PostgreSQL's own; they are ignored if the server is running already.
    """

    def __init__(self, data_dir: Path, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self._folder = data_dir.resolve()
        self._settings = DEFAULTS | dict(settings)
        self._locks: tuple[FileLock, FileLock] | None = None
        self._server: PostgresServer | None = None

    def start(self) -> str:
        """Start the server or join a running one, and return the DSN; raises EmbeddedPostgresError."""
        if self._locks is None:
            try:
                self._join()
            except BaseException as error:
                self.stop()
                if isinstance(error, OSError):
                    raise EmbeddedPostgresError(
                        f"{error.filename or self._folder}: {error.strerror}: put that right, set OMAPOSTI_DATA_DIR "
                        "to a folder where you may write, or set DATABASE_URL to a PostgreSQL of yours"
                    ) from error
                raise
        return self.dsn()

    def dsn(self, role: str = "omaposti", database: str = "omaposti") -> str:
        """Return the DSN of a database in the running cluster; the role `postgres` is its superuser."""
        if self._server is None:
            raise EmbeddedPostgresError("The database is not running: call start() first")
        folder = quote(str(self._server.socket_folder))
        # The port is given, because PGPORT in the environment would apply otherwise.
        return f"postgresql://{role}@/{database}?host={folder}&port=5432"

    def stop(self) -> None:
        """Stop the server if we are its last user."""
        if self._locks is None:
            return
        (turn, use), self._locks = self._locks, None
        with turn, use:
            turn.take()
            server, self._server = self._server, None
            # Removed data may have been created again at the same path, with another server. Root's path never changes.
            if server and use.try_take() and (use.is_in_place() or server.cluster.parent != self._folder):
                server.stop()

    def _join(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        turn = FileLock(self._folder / "postgres.starting.lock")
        use = FileLock(self._folder / "postgres.lock")
        self._locks = turn, use
        turn.take()
        use.share()
        self._server = PostgresServer(*_find_or_make(self._folder, turn))
        self._server.ensure_running(self._settings)
        turn.release()


def _find_or_make(folder: Path, turn: FileLock) -> tuple[Programs, Path]:
    if os.geteuid() == 0:
        return postgres_for_root.find_or_make(folder / "postgres")
    programs = Programs(package_folder() / "pginstall" / "bin")
    cluster = folder / "postgres"
    if any(character in f"{cluster}{programs.folder}" for character in '"$`\\\n'):
        raise EmbeddedPostgresError(
            f"{cluster}: PostgreSQL can't work in a path with \", $, ` or \\: set OMAPOSTI_DATA_DIR to another folder"
        )
    if not cluster.exists():
        # Created under another name: otherwise a killed start leaves half a cluster for the next one.
        unfinished = folder / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        programs.make_cluster(unfinished, turn)
        unfinished.rename(cluster)
    return programs, cluster
