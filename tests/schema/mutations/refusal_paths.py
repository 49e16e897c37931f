"""Codes with which a function can refuse, read from the source of all functions that it refers to."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from usecases.account.new_password import PASSWORD_REFUSALS
from usecases.refusal import RefusalCode

CODES = ("RefusalCode", "Reason")
ROOMS = ("usecases.", "resolvers.", "auth.policies.")


@dataclass
class Module:
    """Functions of a module, and the meaning of its imported names."""

    functions: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # name: (module, name in it or "")


@cache
def module(name: str) -> Module:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    read = Module()
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            read.functions.setdefault(node.name, node)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                read.imported[alias.asname or alias.name] = (node.module, alias.name)
    return read


def possible_codes(function: Callable[..., Any]) -> set[RefusalCode]:
    """Return the codes of a function and of every function of the project that it refers to."""
    codes: set[RefusalCode] = set()
    waiting, seen = [(function.__module__, function.__name__)], set()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        body = module(place[0]).functions[place[1]]
        codes |= _own_codes(body)
        waiting += _referred(place[0], body)
    return codes


def _own_codes(body: ast.AST) -> set[RefusalCode]:
    codes: set[RefusalCode] = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in CODES:
            codes |= {code for code in RefusalCode if code.name == node.attr}  # a rule answers the other reasons
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RefusalCode":
            codes |= PASSWORD_REFUSALS  # made from the broken password rule
    return codes


def _referred(name: str, body: ast.AST) -> list[tuple[str, str]]:
    """Return the functions that a body calls or passes on."""
    read, found = module(name), []
    for node in ast.walk(body):
        if isinstance(node, ast.Name) and node.id in read.functions:
            found.append((name, node.id))
        elif isinstance(node, ast.Name) and node.id in read.imported:
            found.append(read.imported[node.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package, attribute = read.imported.get(node.value.id, ("", ""))
            found.append((f"{package}.{attribute}", node.attr))
    return [(where, what) for where, what in found if where.startswith(ROOMS) and _is_function(where, what)]


def _is_function(where: str, what: str) -> bool:
    try:
        return what in module(where).functions
    except (AssertionError, ModuleNotFoundError):
        return False
