"""Root type of mutations, made of the declarations found in the packages of `mutations/`."""

import pkgutil
from importlib import import_module
from typing import Any

import strawberry

from schema import mutations
from schema.declare.mutation import Mutation as Declaration


def declarations() -> dict[str, Declaration]:
    """Return the declarations of all mutations by their Python names, ordered by package and module."""
    found: dict[str, Declaration] = {}
    for module in pkgutil.walk_packages(mutations.__path__, f"{mutations.__name__}."):
        names = vars(import_module(module.name))
        found |= {name: value for name, value in names.items() if isinstance(value, Declaration)}
    return found


def _root() -> Any:
    declared = declarations()
    annotations = {name: declaration.payload | None for name, declaration in declared.items()}
    fields: dict[str, Any] = {name: declaration.field(name) for name, declaration in declared.items()}
    return strawberry.type(
        type("Mutation", (), {"__annotations__": annotations, **fields}), description="All mutations."
    )


Mutation = _root()
