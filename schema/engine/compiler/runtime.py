"""Functions that compiled queries call: refusals, unusual values, concurrent waits."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any

from graphql import FieldNode, GraphQLEnumType, GraphQLError, GraphQLLeafType, Undefined
from graphql.error import located_error

from auth.viewer import Viewer
from schema.declare.rules import Rule

Path = tuple[str | int, ...]


class UnexpectedValueError(Exception):
    """A value violates the type of its field; graphql-core reports the error."""


def refuse(errors: list[GraphQLError], viewer: Viewer, refused: tuple[Rule, list[FieldNode]], path: Path) -> None:
    """Record the refusal of a field; its value is then null."""
    rule, nodes = refused
    errors.append(located_error(rule.denial(viewer), nodes, list(path)))


def raise_missing(_value: None = None) -> None:
    """Raise UnexpectedValueError for a non-null field without a value."""
    raise UnexpectedValueError


def require_null(value: object) -> None:
    """Accept null in place of a list; raise UnexpectedValueError for any other value."""
    if value is not None:
        raise UnexpectedValueError


@lru_cache
def leaf(type_: GraphQLLeafType, *, non_null: bool) -> Callable[[Any], Any]:
    """Return a serializer for leaf values of an unusual type; it raises when graphql-core would."""

    def complete(value: Any) -> Any:
        if value is None and not non_null:
            return None
        completed = type_.coerce_output_value(value) if value is not None else None
        if completed is None or completed is Undefined:
            raise UnexpectedValueError
        return completed

    return complete


class Names(dict[Any, Any]):
    """Names of an enum's values; graphql-core serializes a value that is not a member."""

    def __init__(self, type_: GraphQLEnumType, complete: Callable[[Any], Any]) -> None:
        super().__init__({value.value: name for name, value in type_.values.items()})
        self._complete = complete

    def __missing__(self, value: object) -> Any:
        return self._complete(value)


@lru_cache
def names_of(type_: GraphQLEnumType, *, non_null: bool) -> Names:
    """Return a mapping from an enum's values to their serialized names."""
    return Names(type_, leaf(type_, non_null=non_null))


async def gather_or_cancel(coroutines: list[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Await all at once; when one fails, cancel the others before raising its error.

    A single awaitable gets a task too: an item that ran ahead would miss the batch of the other items' loads.
    """
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


# Names by which compiled source calls these functions.
CALLED = {called.__name__: called for called in (raise_missing, require_null, refuse, gather_or_cancel)}
