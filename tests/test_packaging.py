"""The installed package is complete: it serves outside of a checkout."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.conftest import PROJECT

PACKAGED = ("auth", "locales", "models", "resolvers", "schema", "server", "usecases")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the tracked files, because a build leaves files behind."""
    copy, built = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("wheel")
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(built), str(copy)], check=True)
    (found,) = built.glob("*.whl")
    return found


def test_wheel_contains_every_tracked_file_of_the_packages(wheel: Path) -> None:
    wanted = {name for name in tracked(*PACKAGED) if not Path(name).name.startswith(".")}
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()


def tracked(*folders: str) -> list[str]:
    """Return the tracked files that exist."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=PROJECT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def address(wheel: Path, dsn: str, tmp_path: Path, free_port: int) -> Iterator[str]:
    """Serve from the unpacked wheel, in a folder outside of a checkout."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path / "installed"),
        "DATABASE_URL": dsn,
        "OMAPOSTI_PORT": str(free_port),
        "OMAPOSTI_ENVIRONMENT": "development",
    }
    program = "import server; assert 'installed' in server.__file__; from server.cli.main import run; run()"
    command = [sys.executable, "-P", "-c", program, "serve"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("API" in line for line in process.stdout), "the server ended"
            yield f"http://127.0.0.1:{free_port}"
        finally:
            process.send_signal(signal.SIGTERM)


def test_installed_package_serves_api_pages_and_texts(address: str) -> None:
    query = 'mutation { signIn(input: {email: "x", password: "x", transport: TOKEN}) { userErrors { message } } }'
    refused = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json", "Accept-Language": "sv"}
    with urlopen(Request(f"{address}/graphql", data=refused, headers=headers)) as answer:
        assert "lösenordet" in answer.read().decode()
    with urlopen(Request(f"{address}/graphql", headers={"Accept": "text/html"})) as page:
        assert "GraphiQL" in page.read().decode()
    with urlopen(f"{address}/dev/mailbox") as page:
        assert page.status == 200
