"""Starts, joins and stops the server of one cluster, on a Unix socket that only its owner can reach."""

import hashlib
import os
import shlex
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from server.postgres.binaries import LIMIT, EmbeddedPostgresError, Programs, package_version, reason
from server.postgres.file_lock import FileLock

LONGEST_SOCKET = 103  # bytes of a socket's path on macOS; Linux allows 107 (sockaddr_un)


class PostgresServer:
    """The server process of one cluster."""

    def __init__(self, programs: Programs, cluster: Path) -> None:
        self._programs = programs
        self.cluster = cluster
        self._socket_folder = cluster

    @property
    def socket_folder(self) -> Path:
        """Return the folder of the socket; only the server's owner and root can enter it."""
        return self._socket_folder

    def ensure_running(self, settings: Mapping[str, str]) -> None:
        """Join a running server or start one; wait for a server that is starting or stopping."""
        _refuse_another_version(self.cluster)
        self._socket_folder = _short_socket_folder(self.cluster)
        with self._life() as life:
            for _ in self._while_it_lives(life):
                if self._answers():
                    return
            self._start(settings, life)

    def stop(self) -> None:
        """Stop the server if it runs, ending its connections, and wait for its end."""
        with self._life() as life:
            for _ in self._while_it_lives(life):
                # A server that has only just started cannot be stopped yet: retry.
                self._programs.succeeds("pg_ctl", "-D", self.cluster, "-m", "fast", "-t", str(LIMIT), "-w", "stop")
                if self._socket_folder != self.cluster:
                    with suppress(OSError):
                        self._socket_folder.rmdir()

    def _life(self) -> FileLock:
        # All processes of the server inherit this lock, so it shows whether one of them lives. The number in
        # postmaster.pid does not: after a reboot another program may have it.
        return FileLock(self.cluster.with_name(self.cluster.name + ".life"))

    def _while_it_lives(self, life: FileLock) -> Iterator[None]:
        deadline = time.monotonic() + LIMIT
        while not life.try_take():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"PostgreSQL in {self.cluster} neither answers nor ends: end its processes, then try again"
                )
            yield
            time.sleep(0.05)

    def _answers(self) -> bool:
        # The process that started the server may have had another temporary folder. In a cluster that was moved since,
        # this path is outdated, and another server may listen there.
        if self._socket_folder != self.cluster:
            with suppress(OSError, IndexError):
                self._socket_folder = Path((self.cluster / "postmaster.pid").read_text().splitlines()[4])
        return self._programs.succeeds("pg_isready", "-h", self._socket_folder, "-p", "5432")

    def _start(self, settings: Mapping[str, str], life: FileLock) -> None:
        if self._socket_folder != self.cluster:
            _make_private(self._socket_folder)
        # Stale, because no process of this cluster lives; but PostgreSQL would not start if any process has their
        # number.
        for left in (self.cluster / "postmaster.pid", self._socket_folder / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
        log = self.cluster / "log"
        logged = log.stat().st_size if log.exists() else 0
        options = _options({**settings, "unix_socket_directories": str(self._socket_folder)})
        start = ("-D", self.cluster, "-l", log, "-o", options, "-t", str(LIMIT), "-w", "start")
        try:
            self._programs.run("pg_ctl", *start, inherited=[life.fileno])
        except EmbeddedPostgresError as error:
            why = reason(log.read_bytes()[logged:].decode(errors="replace")) if log.exists() else str(error)
            raise EmbeddedPostgresError(f"PostgreSQL did not start ({why}): mend that, see {log}, try again") from error


def _options(settings: Mapping[str, str]) -> str:
    ours = {"listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700", "timezone": "UTC"}
    return shlex.join(part for name, value in {**settings, **ours}.items() for part in ("-c", f"{name}={value}"))


def _refuse_another_version(cluster: Path) -> None:
    ours, theirs = package_version().split(".")[0], (cluster / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise EmbeddedPostgresError(
            f"{cluster} was made by PostgreSQL {theirs} and this is {ours}: dump it with the project version that made "
            "it, or remove the data folder to start empty"
        )


def _short_socket_folder(cluster: Path) -> Path:
    # PostgreSQL and its clients would read a comma as a separator of two folders.
    if len(os.fsencode(cluster / ".s.PGSQL.5432")) <= LONGEST_SOCKET and "," not in str(cluster):
        return cluster
    # At the path alone, a server of removed data may still listen; pg_control begins with the cluster's own number.
    identity = (cluster / "global" / "pg_control").read_bytes()[:8]
    name = hashlib.sha256(os.fsencode(cluster) + identity).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"omaposti-postgres-{name}"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    # Otherwise another user could create the folder first and listen in our place.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise EmbeddedPostgresError(f"{folder} is not a private folder of yours: remove it, or set TMPDIR to another")
