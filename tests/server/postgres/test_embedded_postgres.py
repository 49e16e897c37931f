import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from server.postgres import as_root as postgres_for_root
from server.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError, running
from tests.server.postgres.postgres_owner import (
    QUICK,
    STARTED,
    answer,
    dsn_of,
    forget,
    interrupt,
    owner,
    remove,
    with_project,
)

root = os.geteuid() == 0


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder whose database was started before, because creating one takes a second."""
    data_dir = tmp_path_factory.mktemp("used") / ".data"
    yield data_dir
    remove(data_dir)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Return the path of a data folder that does not exist yet."""
    yield tmp_path / ".data"
    remove(tmp_path / ".data")


def test_database_belongs_to_the_role_and_sorts_by_code_point(used: Path) -> None:
    with running(used, QUICK) as dsn:
        assert answer(dsn, "SELECT current_user::text") == "omaposti"
        assert not answer(dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        database = "FROM pg_database WHERE datname = current_database()"
        assert answer(dsn, f"SELECT pg_get_userbyid(datdba)::text {database}") == "omaposti"
        assert answer(dsn, f"SELECT pg_encoding_to_char(encoding)::text {database}") == "UTF8"
        assert answer(dsn, f"SELECT datlocale {database}") == "C.UTF-8"
        assert answer(dsn, "SELECT current_setting('fsync')") == "off"


def test_a_second_run_keeps_the_data_and_starts_in_seconds(used: Path) -> None:
    with running(used) as dsn:
        answer(dsn, "CREATE TABLE kept AS SELECT 42 AS number")
    before = time.monotonic()
    with running(used) as dsn:
        assert time.monotonic() - before < 5
        assert answer(dsn, "SELECT number FROM kept") == 42


def test_only_the_owner_of_the_server_reaches_it(used: Path) -> None:
    postgres = EmbeddedPostgres(used, QUICK)
    dsn = postgres.start()
    try:
        assert answer(postgres.dsn("postgres"), "SELECT current_setting('listen_addresses')") == ""
        folder = Path(answer(postgres.dsn("postgres"), "SELECT current_setting('unix_socket_directories')"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((used / "postgres").stat().st_mode) == 0o700
        assert str(folder) in dsn
    finally:
        postgres.stop()


def test_the_last_of_several_owners_stops_the_server(used: Path) -> None:
    first, second = EmbeddedPostgres(used, QUICK), EmbeddedPostgres(used)
    dsn = first.start()
    with owner(used) as third:
        assert dsn_of(third) == second.start() == dsn
        started = answer(dsn, STARTED)
        first.stop()
        second.stop()
        assert answer(dsn, STARTED) == started
        third.communicate()
    assert not processes_of(used)


def test_owners_that_start_together_share_one_server(data_dir: Path) -> None:
    with ExitStack() as owners:
        started = {answer(dsn_of(each), STARTED) for each in [owners.enter_context(owner(data_dir)) for _ in range(4)]}
    assert len(started) == 1
    with running(data_dir):
        pass
    assert not processes_of(data_dir)


def test_the_server_of_a_killed_owner_is_found_and_stopped_by_the_next(used: Path) -> None:
    with owner(used) as killed:
        started = answer(dsn_of(killed), STARTED)
        os.killpg(killed.pid, signal.SIGKILL)
    with running(used) as dsn:
        assert answer(dsn, STARTED) == started
    assert not processes_of(used)


def test_ctrl_c_leaves_the_database_to_its_owner_who_stops_it_in_order(used: Path) -> None:
    with owner(used) as interrupted, owner(used) as other:
        dsn = dsn_of(interrupted)
        assert dsn_of(other) == dsn
        started = answer(dsn, STARTED)
        interrupt(interrupted)
        assert interrupted.communicate()[0] == "stopping\n"
        assert answer(dsn, STARTED) == started
        interrupt(other)
        assert other.communicate()[0] == "stopping\n"
    assert not processes_of(used)
    assert (used / "postgres" / "log").read_text().endswith("database system is shut down\n")


@pytest.mark.parametrize("moment", ["unfinished", "postgres/postmaster.pid"])
def test_a_start_that_was_killed_half_way_is_finished_by_the_next(data_dir: Path, moment: str) -> None:
    folder = postgres_for_root.CLUSTERS if root and moment == "unfinished" else data_dir
    unfinished = folder / (moment if root or moment != "unfinished" else "postgres.unfinished")
    with owner(data_dir) as killed:
        wait_until(unfinished.exists)
        os.killpg(killed.pid, signal.SIGKILL)
    with running(data_dir, QUICK) as dsn:
        assert answer(dsn, "SELECT current_user::text") == "omaposti"
    assert not processes_of(data_dir)


def test_a_start_that_is_interrupted_leaves_no_server(data_dir: Path) -> None:
    with owner(data_dir) as interrupted:
        wait_until((data_dir / "postgres" / "postmaster.pid").exists)
        interrupt(interrupted)
        interrupted.communicate()
    assert not processes_of(data_dir)


def test_a_killed_server_is_started_again(used: Path) -> None:
    with running(used, QUICK):
        os.kill(int((used / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        with running(used, QUICK) as dsn:
            assert answer(dsn, "SELECT 1") == 1


def test_postmaster_pid_of_another_program_is_ignored(used: Path) -> None:
    with running(used, QUICK) as dsn:
        started, content = answer(dsn, STARTED), (used / "postgres" / "postmaster.pid").read_text()
    stale = content.replace(content.split()[0], str(os.getpid()), 1)
    (used / "postgres" / "postmaster.pid").write_text(stale)
    with running(used, QUICK) as dsn:
        assert answer(dsn, STARTED) > started


@pytest.mark.parametrize("name", ["long" * 40, "Asiakkaan tiedot, ä"])
def test_data_folder_with_any_name_works(tmp_path: Path, name: str) -> None:
    with running(tmp_path / name, QUICK) as dsn:
        assert answer(dsn, "SELECT 1") == 1
    with running(tmp_path / name, QUICK) as dsn, running(tmp_path / name) as same:
        assert dsn == same
        assert answer(dsn, "SELECT 1") == 1
    folder = socket_folder(dsn)
    assert folder == (tmp_path / name / "postgres").resolve() or not folder.exists()
    remove(tmp_path / name)


def test_server_is_found_from_another_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir = tmp_path / ("long" * 40)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with owner(data_dir) as other, running(data_dir) as dsn:
        assert dsn_of(other) == dsn
    remove(data_dir)


@pytest.mark.skipif(root, reason="root's clusters have short paths of their own")
def test_socket_folder_open_to_others_is_refused(data_dir: Path) -> None:
    with running(data_dir / ("long" * 40), QUICK) as dsn:
        folder = socket_folder(dsn)
    folder.mkdir(mode=0o755)
    with pytest.raises(EmbeddedPostgresError, match="is not a private folder of yours: remove it"):
        EmbeddedPostgres(data_dir / ("long" * 40)).start()
    folder.rmdir()


def test_the_server_of_a_checkout_that_moves_is_found_at_its_new_place(tmp_path: Path) -> None:
    with owner(tmp_path / "old" / ".data") as killed:
        started = answer(dsn_of(killed), STARTED)
        killed.kill()
    (tmp_path / "old").rename(tmp_path / "new")
    with running(tmp_path / "old" / ".data", QUICK) as dsn:
        assert answer(dsn, STARTED) != started
        with running(tmp_path / "new" / ".data") as dsn_of_moved:
            assert answer(dsn_of_moved, STARTED) == started
    for name in ("old", "new"):
        assert not processes_of(tmp_path / name / ".data")
        remove(tmp_path / name / ".data")


def test_the_users_environment_does_not_reach_the_server(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "5999", "PGDATA": "/nowhere", "PGHOST": "nowhere", "LC_ALL": "fi_FI.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    with running(used, QUICK) as dsn:
        assert answer(dsn, "SELECT current_setting('port')") == "5432"


def test_removed_data_starts_empty_while_the_old_server_still_runs(data_dir: Path) -> None:
    with running(data_dir, QUICK) as dsn:
        answer(dsn, "CREATE TABLE old AS SELECT 1 AS number")
        old = (data_dir / "postgres").resolve()
        shutil.rmtree(data_dir)
        with running(data_dir, QUICK) as fresh:
            assert answer(fresh, "SELECT to_regclass('old')::text") is None
    forget(old)


def test_stopping_the_server_of_removed_data_leaves_the_new_one_alone(data_dir: Path) -> None:
    removed = EmbeddedPostgres(data_dir, QUICK)
    removed.start()
    old = (data_dir / "postgres").resolve()
    shutil.rmtree(data_dir)
    with running(data_dir, QUICK) as dsn:
        removed.stop()
        assert answer(dsn, "SELECT 1") == 1
    forget(old)


def test_data_of_another_version_is_not_changed(data_dir: Path) -> None:
    with running(data_dir, QUICK):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 17 and this is 18: dump it"):
        EmbeddedPostgres(data_dir).start()


def test_a_server_that_does_not_start_says_why(used: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r'^PostgreSQL did not start \(.*"shared_buffers": "much".*\)'):
        EmbeddedPostgres(used, {"shared_buffers": "much"}).start()
    with running(used, QUICK) as dsn:
        assert answer(dsn, "SELECT 1") == 1


def test_a_cluster_that_can_not_be_made_says_why(data_dir: Path) -> None:
    program = f"""
import resource
from pathlib import Path
from server.postgres.embedded import EmbeddedPostgres
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
EmbeddedPostgres(Path({str(data_dir)!r})).start()
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=with_project(), check=False, capture_output=True, text=True)
    assert "EmbeddedPostgresError: initdb failed (" in ended.stderr.splitlines()[-1]
    assert "File too large" in ended.stderr.splitlines()[-1]
    with running(data_dir, QUICK) as dsn:
        assert answer(dsn, "SELECT 1") == 1


def test_a_folder_that_can_not_be_made_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match=r"Not a directory: .* set OMAPOSTI_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "file" / ".data").start()


@pytest.mark.skipif(root, reason="root's clusters have paths of our own choice")
def test_path_with_characters_special_to_postgresql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"can't work in a path with"):
        EmbeddedPostgres(tmp_path / "$HOME").start()


def socket_folder(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def processes_of(data_dir: Path) -> list[str]:
    """Return the process ids that use the cluster."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == (data_dir / "postgres").resolve():
                found.append(process.name)
    return found


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.002)
