"""Dangerous Python modules and functions are used only in the listed files, each for a stated reason.

The test reads the source, because absent code has no behaviour to test.
"""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
FOLDERS = ("server", "schema", "resolvers", "usecases", "auth", "models")

# Modules that deserialize objects, start programs, generate weak random numbers, encrypt, or open connections.
RISKY = {
    *(
        "pickle",
        "marshal",
        "shelve",
        "yaml",
        "xml",
        "lxml",
        "ctypes",
        "tarfile",
        "zipfile",
        "gzip",
        "zlib",
        "bz2",
        "lzma",
    ),
    *("subprocess", "pty", "random", "cryptography", "Crypto", "nacl", "jwt", "authlib", "ldap3"),
    *("http.client", "urllib.request", "urllib3", "httpx", "requests", "aiohttp", "ftplib", "smtplib", "telnetlib"),
}
WITH_A_REASON = {
    "subprocess": {
        "server/postgres/binaries.py",  # PostgreSQL's own programs, by lists of arguments
        "server/postgres/as_root.py",  # makes the user that PostgreSQL runs as
    },
    "ctypes": {"auth/passwords/malloc.py"},  # two functions of the C library that take no text
    "random": {"usecases/mail/outbox.py"},  # jitter between attempts; predicting it gains nothing
}
CONNECTS = {"create_async_engine", "SMTP", "RedisStorage", "create_connection", "open_connection", "create_pool"}
SHELLS = {"system", "popen", "execv", "execve", "execvp", "spawnl", "spawnv", "create_subprocess_shell"}


@cache
def sources() -> dict[str, list[ast.AST]]:
    """Return the nodes of every module of the product by its path."""
    paths = [
        path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py") if "node_modules" not in path.parts
    ]
    return {path.relative_to(PROJECT).as_posix(): list(ast.walk(ast.parse(path.read_text("utf-8")))) for path in paths}


def where(holds: Callable[[ast.AST], bool]) -> set[str]:
    """Return the paths of the modules with a node for which `holds` is true."""
    return {path for path, nodes in sources().items() if any(map(holds, nodes))}


def imports(node: ast.AST) -> set[str]:
    """Return the modules that a statement imports, and those they are in."""
    names = set()
    if isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(name.split(".")[:depth]) for name in names for depth in range(1, 4)}


def called(node: ast.AST) -> str:
    """Return the last name of a call."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_risky_modules_are_imported_only_where_listed() -> None:
    found: dict[str, set[str]] = {}
    for path, nodes in sources().items():
        for name in RISKY & set().union(*map(imports, nodes)):
            found.setdefault(name, set()).add(path)
    assert found == WITH_A_REASON


def test_only_the_database_the_mail_server_and_the_store_are_called() -> None:
    assert where(lambda node: called(node) in CONNECTS) == {
        "server/db/database.py",
        "server/mail/transports.py",
        "auth/rate_limit_store.py",
    }


def test_only_the_query_compiler_executes_generated_code() -> None:
    assert where(lambda node: called(node) in {"eval", "exec", "__import__"}) == {"schema/engine/compiler/operation.py"}


def test_no_shell_is_started() -> None:
    assert (
        where(lambda node: called(node) in SHELLS or (isinstance(node, ast.keyword) and node.arg == "shell")) == set()
    )


def test_broken_hash_functions_only_verify_old_codes() -> None:
    def is_broken(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and any(name in node.attr.lower() for name in ("md5", "sha1"))

    assert where(is_broken) == {"auth/passwords/wrapped_hashes.py"}


def test_secrets_come_from_the_system_generator() -> None:
    makers = {"server/postgres/as_root.py", "usecases/mail/enqueue.py", "usecases/session/session.py", "auth/tokens.py"}
    assert where(lambda node: "secrets" in imports(node)) == makers
