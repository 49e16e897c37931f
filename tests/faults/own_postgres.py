"""A PostgreSQL for one test that keeps acknowledged writes, as in production, to be stopped, started and filled."""

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
    """The server of one cluster, with production settings except those given."""

    def __init__(self, programs: Programs, cluster: Path, settings: dict[str, str]) -> None:
        self._programs = programs
        self._cluster = cluster
        self._settings = DEFAULTS | settings
        self._server = PostgresServer(programs, cluster)

    def start(self) -> None:
        """Start it; raises EmbeddedPostgresError."""
        self._server.ensure_running(self._settings)

    def stop(self, mode: str) -> None:
        """Stop it in one of the modes of pg_ctl(1); it may have stopped by itself."""
        self._programs.succeeds("pg_ctl", "-D", self._cluster, "-m", mode, "-w", "stop")

    def dsn(self, role: str = "omaposti") -> str:
        """Return the address of its database; the role `postgres` is a superuser."""
        return f"postgresql://{role}@/omaposti?host={quote(str(self._server.socket_folder))}&port=5432"


@contextmanager
def own_postgres(folder: Path, **settings: str) -> Iterator[OwnPostgres]:
    """Run a PostgreSQL in a folder of `reachable_folder` until the end of the block."""
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
    """Make a folder that PostgreSQL's system user can reach, and remove it at the end of the block."""
    _programs()
    folder = Path(tempfile.mkdtemp(prefix="fault-", dir=postgres_for_root.HOME if ROOT else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def migrated(dsn: str) -> None:
    async with open_database(dsn, Settings(), bounded=False) as database:
        await migrate(database.engine)


def _programs() -> Programs:
    if not ROOT:
        return Programs(package_folder() / "pginstall" / "bin")
    # In a place that the system user can reach, beside the cluster of other tests.
    return postgres_for_root.find_or_make(PROJECT / ".data" / "tests" / "postgres")[0]
