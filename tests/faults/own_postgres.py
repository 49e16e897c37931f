"""A PostgreSQL of a test's own that keeps what it acknowledged, as in production, to be stopped, started and filled."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from server.config.settings import Settings
from server.db.database import open_database
from server.db.migration import migrate
from server.postgres import as_root as postgres_for_root
from server.postgres.binaries import Programs, package_folder
from server.postgres.embedded import DEFAULTS
from server.postgres.file_lock import FileLock
from server.postgres.server import PostgresServer
from tests.conftest import PROJECT

ROOT = os.geteuid() == 0


class OwnPostgres:
    """The server of one cluster, with every setting as it is in production but those that are given."""

    def __init__(self, programs: Programs, cluster: Path, settings: dict[str, str]) -> None:
        self._programs = programs
        self._cluster = cluster
        self._settings = DEFAULTS | settings
        self._server = PostgresServer(programs, cluster)

    def start(self) -> None:
        """Start it, or raise EmbeddedPostgresError."""
        self._server.ensure_running(self._settings)

    def stop(self, mode: str) -> None:
        """Stop it in one of the modes of pg_ctl(1); it may have stopped by itself."""
        self._programs.succeeds("pg_ctl", "-D", self._cluster, "-m", mode, "-w", "stop")

    def dsn(self, role: str = "omaposti") -> str:
        """Return the address of its database; the role `postgres` may do everything."""
        return f"postgresql://{role}@/omaposti?host={quote(str(self._server.socket_folder))}&port=5432"


@contextmanager
def own_postgres(folder: Path, **settings: str) -> Iterator[OwnPostgres]:
    """Run one in a folder of `reachable_folder` until the end of the block."""
    programs, cluster = _programs(), folder / "cluster"
    cluster.mkdir(mode=0o700)
    if programs.user:
        shutil.chown(cluster, programs.user, programs.user)
    with FileLock(folder / "making.lock") as lock:
        programs.make_cluster(cluster, lock)
    postgres = OwnPostgres(programs, cluster, settings)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop("immediate")


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL's own system user reaches too, and remove it at the end of the block."""
    _programs()
    folder = Path(tempfile.mkdtemp(prefix="fault-", dir=postgres_for_root.HOME if ROOT else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def migrated(dsn: str) -> None:
    """Make the tables."""
    async with open_database(dsn, Settings(), bounded=False) as database:
        await migrate(database.engine)


def _programs() -> Programs:
    if not ROOT:
        return Programs(package_folder() / "pginstall" / "bin")
    # Where the system user reaches them, beside the cluster that other tests use.
    return postgres_for_root.find_or_make(PROJECT / ".data" / "tests" / "postgres")[0]
