"""Admission to root fields whose rule concerns an object named by an argument: `rule(…, at="organizationId")`.

A root field has no row, so the object is found by its global id before the resolver runs. The argument's name
determines the kind: `membershipId` takes the id of a Membership and nothing else. An object hidden from the viewer gets
the answer of one that does not exist; the rule of its type decides.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
)
from strawberry.types.field import StrawberryField

from resolvers.core import owner
from resolvers.core.context import RequestContext
from resolvers.core.owner import Owned
from schema.declare.fields import DEFINITION, Resolve
from schema.declare.rules import Rule, RuleDeclarationError, Who

INPUT = "input"  # the one argument of a mutation

Missing = Callable[[RequestContext, tuple[str, ...]], Any]
"""Makes the answer about an object that the viewer may not know of, from the path of its id in the API's spelling."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Rule of a root field, the kind of object that it concerns, and the path of the id."""

    rule: Rule
    existence: Rule | None  # rule of the object's type
    kind: str
    path: tuple[str, ...]  # in the API's spelling
    names: tuple[str, ...]  # in Python's

    def given(self, arguments: Mapping[str, Any]) -> str:
        """Return the id from arguments as graphql-core coerced them."""
        value: Any = arguments
        for part in self.path:
            value = value[part]
        return str(value)

    def converted(self, arguments: Mapping[str, Any]) -> str:
        """Return the id from arguments that Strawberry converted into its input types."""
        first, *others = self.names
        value: Any = arguments[first]
        for name in others:
            value = getattr(value, name)
        return str(value)

    async def find(self, context: RequestContext, text: str) -> Owned | None:
        """Return the object with the id."""
        return await owner.of(context, self.kind, text)

    async def admits(self, context: RequestContext, text: str) -> bool:
        """Return whether the viewer may run the field; False if the object is hidden from them.

        Decides for queries, mutations and subscriptions in both executors. Raises GraphQLError, the rule's denial, if
        the viewer may see the object but lacks the permission.
        """
        viewer = context.viewer
        if not self.rule.applies_to(viewer):
            raise self.rule.denial(viewer)  # before any read, so every id gets the same answer
        found = await self.find(context, text)
        if found is None:
            return False
        if self.rule.allows(viewer, found.row):
            return True
        if self.existence is not None and self.existence.allows(viewer, found.row):
            raise self.rule.denial(viewer)
        return False

    def guarded(self, resolve: Resolve, missing: Missing) -> Resolve:
        """Wrap a resolver of graphql-core, so that it runs only for viewers whom the rule admits."""

        async def admitted(row: Any, info: Any, **arguments: Any) -> Any:
            if not await self.admits(info.context, self.given(arguments)):
                answer = missing(info.context, self.path)
            else:
                answer = resolve(row, info, **arguments)
            return await answer if isawaitable(answer) else answer

        return admitted

    def guarded_stream(self, subscribe: Resolve) -> Resolve:
        """Wrap the source of a subscription; a viewer who is not admitted gets null once, then the end."""

        async def admitted(row: Any, info: Any, **arguments: Any) -> Any:
            if not await self.admits(info.context, self.given(arguments)):
                return _null_once()
            stream = subscribe(row, info, **arguments)
            return await stream if isawaitable(stream) else stream

        return admitted

    async def compiled(
        self, context: RequestContext, arguments: Mapping[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Await a root field's call in a compiled query if the viewer is admitted."""
        return await call() if await self.admits(context, self.converted(arguments)) else None


async def _null_once() -> AsyncIterator[None]:
    yield None


def admission_to(schema: GraphQLSchema, path: str, field: GraphQLField, rule: Rule) -> Admission | None:
    """Return the admission to a root field, None if its rule has no `at`; raises RuleDeclarationError."""
    if not rule.at:
        if rule.columns:
            raise RuleDeclarationError(
                f"root field {path} has no row, so its rule must say whom it is about; "
                'add `at`: rule(…, at="organizationId")'
            )
        return None
    if rule.who in {Who.PUBLIC, Who.SIGNED_IN}:
        raise RuleDeclarationError(f"{path}: a rule that admits everybody who is signed in takes no `at`")
    definition: StrawberryField = field.extensions[DEFINITION]
    if not definition.is_async and field.subscribe is None:
        raise RuleDeclarationError(f"{path} has a rule with `at`, so its resolver must be a coroutine function")
    is_mutation = path.startswith("Mutation.")
    wanted = ((INPUT,) if is_mutation else ()) + tuple(rule.at.split("."))
    kind = _kind(path, rule)
    type_ = schema.type_map.get(kind)
    existence = type_.extensions.get("rule") if type_ is not None else None
    return Admission(rule, existence, kind, wanted, _python_names(path, field, wanted))


def _kind(path: str, rule: Rule) -> str:
    """Return the kind of object whose id the rule's argument takes, by the argument's name."""
    name = str(rule.at).rpartition(".")[2]
    kind = owner.kind_named(name)
    columns = owner.columns_of(kind) if name.endswith("Id") else frozenset()
    if not columns.issuperset(rule.columns) or not columns:
        whom = " and ".join(rule.columns) or "an owner"
        raise RuleDeclarationError(f"{path}: `at` must be named after a kind of object with {whom}; {name} is not")
    return kind


def _python_names(path: str, field: GraphQLField, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of the id in Python's spelling; raises if the path is missing or optional."""
    places: Mapping[str, GraphQLArgument | GraphQLInputField] = field.args
    names: list[str] = []
    type_: Any = None
    for part in wanted:
        place = places.get(part)
        if place is None or not isinstance(place.type, GraphQLNonNull):
            raise RuleDeclarationError(f"{path}: `at` must name an argument or input field that is non-null; {part}")
        names.append(place.extensions[DEFINITION].python_name)
        type_ = place.type.of_type
        places = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
    if type_ is not GraphQLID:
        raise RuleDeclarationError(f"{path}: `at` must name an ID; {wanted[-1]} is of type {type_}")
    return tuple(names)
