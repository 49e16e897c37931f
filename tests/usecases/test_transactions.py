"""Use cases leave the transaction to the gate and to commands, and imports to one module; a savepoint is none."""

import ast
from pathlib import Path

USECASES = Path(__file__).parents[2] / "usecases"
OWN = {"drop/base/transactions.py", "gate.py", "resources.py"}
BOUNDS = {"begin", "commit", "rollback", "transaction"}
KEPT = {
    "session/sign_in.py:gate.transaction()",  # a hash upgrade that fails must not undo the sign-in
}


def bounding(path: Path) -> set[str]:
    """Return the calls of a module that begin or end a transaction."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {
        f"{path.relative_to(USECASES)}:{ast.unparse(call)}"
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in BOUNDS
        if ast.unparse(call.func.value) != "savepoint"
    }


def test_only_the_gate_and_imports_begin_transactions_of_their_own() -> None:
    others = [path for path in USECASES.rglob("*.py") if str(path.relative_to(USECASES)) not in OWN]
    assert {call for path in others for call in bounding(path)} == KEPT
    assert all(bounding(USECASES / name) for name in OWN)
