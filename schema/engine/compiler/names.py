"""Names in a compiled query: of constants, and of expressions evaluated once per request."""

from collections import Counter
from typing import Any

from schema.engine.compiler import runtime


class Names:
    """Gives each constant and each expression evaluated once a readable name."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = dict(runtime.CALLED)
        self._counts: Counter[str] = Counter()
        self._of_constants: dict[int, str] = {}
        self._of_expressions: dict[str, str] = {}

    def fresh(self, hint: str) -> str:
        """Return a name not used elsewhere in the query."""
        self._counts[hint] += 1
        name = f"{hint}_{self._counts[hint]}"
        assert name.isidentifier(), "only identifiers and repr() reach the source"
        return name

    def constant(self, value: object, hint: str) -> str:
        """Return the name of an object; the same object keeps its name, and is kept alive."""
        if value is None or isinstance(value, bool):
            return repr(value)
        if id(value) not in self._of_constants:
            self._of_constants[id(value)] = name = self.fresh(hint)
            self.constants[name] = value
        return self._of_constants[id(value)]

    def once(self, expression: str, hint: str) -> str:
        """Return the name of an expression's value; it depends on no row, so it is evaluated once per request."""
        if expression not in self._of_expressions:
            self._of_expressions[expression] = self.fresh(hint)
        return self._of_expressions[expression]

    @property
    def assignments(self) -> list[str]:
        """Return the statements that evaluate these expressions."""
        return [f"{name} = {expression}" for expression, name in self._of_expressions.items()]
