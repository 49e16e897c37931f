"""Every argument that takes a number or an id answers what is out of range, or oddly spelt, and never by a fault."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

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
from tests.cast import Cast

UUID_TEXT = str(uuid4())
ODD: list[Any] = [
    -1,
    0,
    2**31 - 1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    "1e3",
    " 1",
    "１",
    UUID_TEXT.upper(),
    f"{{{UUID_TEXT}}}",
    f"urn:uuid:{UUID_TEXT}",
]
OTHERS = {"String": "x", "Boolean": True, "Int": 1, "ID": "x"}
REFUSALS = {"BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED", "LIMIT_EXCEEDED"}


def reachable() -> Iterator[tuple[str, str, GraphQLObjectType]]:
    """Yield each type that can be reached without arguments, with the shortest way there and back."""
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


def asked(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield documents with a variable $v, and what it is, so that the value stands in each such argument once."""
    for before, after, type_ in reachable():
        keyword = "" if before.startswith("mutation") else "query "
        for name, field in type_.fields.items():
            inner = " { __typename }" if hasattr(get_named_type(field.type), "fields") else ""
            for argument, declared in field.args.items():
                for given in values(declared.type, value):
                    head = f"{keyword}{before}".replace("{", f"($v: {declared.type}) {{", 1)
                    yield f"{head}{name}({argument}: $v){inner}{after}", given


def values(type_: Any, value: Any) -> Iterator[Any]:
    """Yield the values of an argument in which that one stands in one place for a number or an id."""
    named = get_named_type(type_)
    if named.name in {"Int", "ID"}:
        yield [value] if "[" in str(type_) else value
    if isinstance(named, GraphQLInputObjectType):
        needed = {n: plain(f.type) for n, f in named.fields.items() if is_required_input_field(f)}
        for name, field in named.fields.items():
            yield from (needed | {name: given} for given in values(field.type, value))


def plain(type_: Any) -> Any:
    """Return any value of a type."""
    named = get_named_type(type_)
    value = next(iter(named.values)) if isinstance(named, GraphQLEnumType) else OTHERS[named.name]
    return [value] if is_list_type(type_) else value


async def test_b68_no_number_and_no_id_is_a_fault_of_ours(cast: Cast) -> None:
    places = list(asked(0))
    assert len(places) > 20
    for value in ODD:
        for document, given in asked(value):
            for who in ("member", "support"):
                answer = await cast.ask(who, document, {"v": given})
                codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
                assert codes <= REFUSALS, (document, given, answer)
