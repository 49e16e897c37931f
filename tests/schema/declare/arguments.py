"""Every place of the schema that takes a value, by the shortest path."""

from collections.abc import Iterator, Set
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from schema.build import SCHEMA

OTHERS = {"String": "x", "Boolean": True, "Int": 1, "ID": "x"}


def reachable() -> Iterator[tuple[str, str, GraphQLObjectType]]:
    """Yield each type reachable without arguments, with the beginning and end of the shortest query."""
    waiting = [("{ ", " }", SCHEMA.type_map["Query"]), ("mutation { ", " }", SCHEMA.type_map["Mutation"])]
    seen: set[str] = set()
    for before, after, type_ in waiting:
        if not isinstance(type_, GraphQLObjectType) or type_.name in seen:
            continue
        seen.add(type_.name)
        yield before, after, type_
        if type_.name != "Mutation" and before.count("{") < 9:
            for name, field in type_.fields.items():
                if not any(map(is_required_argument, field.args.values())):
                    waiting.append((f"{before}{name} {{ ", f" }}{after}", get_named_type(field.type)))


def asked(value: Any, kinds: Set[str]) -> Iterator[tuple[str, Any]]:
    """Yield documents with a variable $v, and a value of it, so that the value stands once in each place."""
    for before, after, type_ in reachable():
        keyword = "" if before.startswith("mutation") else "query "
        for name, field in type_.fields.items():
            inner = " { __typename }" if hasattr(get_named_type(field.type), "fields") else ""
            for argument, declared in field.args.items():
                for given in values(declared.type, value, kinds):
                    head = f"{keyword}{before}".replace("{", f"($v: {declared.type}) {{", 1)
                    yield f"{head}{name}({argument}: $v){inner}{after}", given


def values(type_: Any, value: Any, kinds: Set[str]) -> Iterator[Any]:
    """Yield values of an argument, each with the given value in one place of those types."""
    named = get_named_type(type_)
    if named.name in kinds:
        yield [value] if "[" in str(type_) else value
    if isinstance(named, GraphQLInputObjectType):
        needed = {n: plain(f.type) for n, f in named.fields.items() if is_required_input_field(f)}
        for name, field in named.fields.items():
            yield from (needed | {name: given} for given in values(field.type, value, kinds))


def plain(type_: Any) -> Any:
    """Return any value of a type."""
    named = get_named_type(type_)
    value = next(iter(named.values)) if isinstance(named, GraphQLEnumType) else OTHERS[named.name]
    return [value] if is_list_type(type_) else value
