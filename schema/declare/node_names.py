"""References to node types by name, which avoid an import circle between two types."""

from typing import Any

from strawberry.types.lazy_type import LazyType

NODES: dict[str, type] = {}  # by class name; schema/build.py imports all node types


class NodeName(LazyType[Any, Any]):
    """The name of a node type, which Strawberry resolves when it builds the schema."""

    def __init__(self, name: str) -> None:
        super().__init__(name, module=__name__)

    def resolve_type(self) -> type:
        """Return the type; raises LookupError if no imported module declares it."""
        if self.type_name not in NODES:
            raise LookupError(f"no node is named {self.type_name!r}; correct the name, or import its module")
        return NODES[self.type_name]
