"""The port is taken first; a server that cannot take it ends with one line and announces nothing."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.config.listening import listening
from server.config.settings import Settings
from tests.server.cli.test_serve_command import PATIENCE, SERVE, await_ready, environment

FIRST_PORT_FOR_ALL = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
AS_SOMEBODY = """
import encodings.idna, os
from server.config.errors import CommandFailedError
from server.config.listening import listening
from server.config.settings import Settings
os.setuid(65534)
try:
    with listening(Settings(port=1)): print("listens")
except CommandFailedError as refused: print(refused)
"""


def refused(data_dir: Path, **settings: str) -> str:
    """Return the one line with which `omaposti serve` ends, before it has announced or prepared anything."""
    given = environment("", 0, OMAPOSTI_DATA_DIR=str(data_dir), **settings)
    del given["DATABASE_URL"]
    served = subprocess.run(SERVE, env=given, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (served.returncode, served.stdout) == (1, "")
    assert not data_dir.exists(), "no database was made"
    (line,) = served.stderr.splitlines()
    return line


def test_a_taken_port_is_one_line_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refused(tmp_path / "data", OMAPOSTI_PORT=port, OMAPOSTI_ENVIRONMENT="development", OMAPOSTI_DEMO="1")
    assert said == (
        f"omaposti: the port {port} is taken on 127.0.0.1; stop the other server, or set OMAPOSTI_PORT to another port"
    )


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("203.0.113.1", "omaposti: 203.0.113.1 is no address of this machine; set OMAPOSTI_HOST to one, or to 0.0.0.0"),
        ("no-such-host.invalid", "omaposti: the host no-such-host.invalid cannot be resolved"),
    ],
)
def test_a_host_that_is_not_ours_is_one_line(tmp_path: Path, host: str, said: str) -> None:
    assert refused(tmp_path / "data", OMAPOSTI_HOST=host).startswith(said)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.skipif(int(FIRST_PORT_FOR_ALL.read_text()) <= 1, reason="this system gives every port to everybody")
def test_a_port_of_the_system_is_one_line() -> None:
    ran = subprocess.run([sys.executable, "-c", AS_SOMEBODY], capture_output=True, text=True, check=True)
    assert ran.stdout == "the system does not give port 1 to this user; set OMAPOSTI_PORT to 1024 or more\n"


def test_port_is_taken_before_the_server_starts() -> None:
    with listening(Settings(port=0)) as (owned,):
        port = owned.getsockname()[1]
        with pytest.raises(OSError, match="in use"), socket.create_server(("127.0.0.1", port)):
            pass
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_name_listens_on_each_of_its_addresses() -> None:
    found = {info[4][0] for info in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    with listening(Settings(host="localhost", port=0)) as listeners:
        names = [listener.getsockname() for listener in listeners]
    assert {name[0] for name in names} <= found
    assert len({name[1] for name in names}) == 1


ALL = "0.0.0.0"  # noqa: S104 - a value that operators may set


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", ALL])
async def test_the_first_lines_name_the_address_that_answers(
    database: object, dsn: str, tmp_path: Path, host: str
) -> None:
    given = environment(dsn, 0, OMAPOSTI_HOST=host, OMAPOSTI_ENVIRONMENT="development", OMAPOSTI_DATA_DIR=str(tmp_path))
    process = await asyncio.create_subprocess_exec(*SERVE, env=given, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        version, api = [(await process.stdout.readline()).decode() for _ in range(2)]
        assert re.fullmatch(r"OmaPosti Accounts \d+\.\d+\.\d+\n", version)
        name = ALL if host == ALL else "localhost"
        found = re.fullmatch(rf"The API is at (http://{name}:[1-9]\d*)/graphql\.\n", api)
        assert found is not None
        await asyncio.to_thread(await_ready, f"{found[1]}/readyz")
        process.send_signal(signal.SIGINT)
        *_, last = (await process.communicate())[0].decode().splitlines()
        assert (last, process.returncode) == ("Stopped.", 0)
    finally:
        if process.returncode is None:
            process.kill()
