"""Use cases leave the transaction to their caller; only one module of imports commits.

A savepoint is no transaction.
"""

import ast
from pathlib import Path

USECASES = Path(__file__).parents[2] / "usecases"
OWN = USECASES / "drop" / "base" / "transactions.py"
BOUNDS = {"begin", "commit", "rollback", "transaction"}


def test_only_imports_begin_and_commit_transactions_of_their_own() -> None:
    bounding = [
        f"{path.relative_to(USECASES)}:{call.lineno}"
        for path in USECASES.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in BOUNDS
        if path != OWN and ast.unparse(call.func.value) != "savepoint"
    ]
    assert bounding == []
    assert BOUNDS & {node.attr for node in ast.walk(ast.parse(OWN.read_text())) if isinstance(node, ast.Attribute)}
