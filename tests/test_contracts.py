"""Every import contract in pyproject.toml detects a forbidden import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.rooms import PACKAGES

PROJECT = Path(__file__).parent.parent
FORBIDDEN = {
    "models/values/forbidden": "import auth, strawberry, models.account",
    "resolvers/core/forbidden": "import resolvers.account, starlette",
    "schema/declare/forbidden": "import sqlalchemy, schema.types",
    "usecases/audit/forbidden": "import usecases.mail",
    "usecases/drop/base/forbidden": "import usecases.drop.cells",
    "auth/tokens": "import auth.viewer",
    "auth/viewer": "import auth.tokens",
    "server/db/forbidden": "import server.http.endpoint",
}


def test_every_contract_is_broken_by_an_import_against_it(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("node_modules"))
    for module, source in FORBIDDEN.items():
        (tmp_path / f"{module}.py").write_text(source)
    settings = PROJECT / "pyproject.toml"
    command = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run(
        [command, "--no-cache", "--config", settings], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    contracts = tomllib.loads(settings.read_text())["tool"]["importlinter"]["contracts"]
    said = " ".join(ended.stdout.split())
    kept = [contract["name"] for contract in contracts if f"{contract['name']} BROKEN" not in said]
    assert (ended.returncode, kept) == (1, []), ended.stdout + ended.stderr
