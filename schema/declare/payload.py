"""Inputs and payloads of mutations: Strawberry classes whose docstring is their description.

    @input_type
    class SessionRevokeInput:
        "The session to end."

        id: strawberry.ID

    @payload_type
    class SessionRevokePayload:
        "The ended session, or the reasons of the refusal."

        revoked_session_id: strawberry.ID | None

A payload has `userErrors` besides its own fields, and reads the result of the use case or resolver.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

import strawberry

from resolvers.core import node
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import Answer
from schema.declare.fields import FieldCode, FieldName, Resolve, computed, declared_field, related
from schema.declare.rules import PUBLIC, rule
from schema.declare.user_error import UserError

Class = TypeVar("Class", bound=type)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(cls: Class) -> Class:
    """Make a class a Strawberry input."""
    made: Class = strawberry.input(cls, description=inspect.getdoc(cls))
    return made


def idempotency_key() -> Any:
    """Declare the idempotency key of a mutation that creates something; the field must be named `idempotency_key`."""
    return strawberry.field(
        default=None,
        description="A random value, such as a UUID. A repeated call with the same key within 24 hours changes nothing "
        "and gets the first answer.",
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def payload_type(cls: Class) -> Class:
    """Make a class a Strawberry type with `userErrors` that everybody may read."""
    for name in cls.__annotations__:
        if name not in cls.__dict__:
            setattr(cls, name, returned())
    if "user_errors" not in cls.__annotations__:
        cls.__annotations__["user_errors"] = list[UserError]
        type.__setattr__(cls, "user_errors", user_errors("Reasons of a refusal; empty after success."))
    made: Class = strawberry.type(cls, directives=[rule(PUBLIC)], description=inspect.getdoc(cls))
    return made


def user_errors(description: str) -> Any:
    """Declare the field `userErrors` of a payload, for a description of its own."""
    return computed(lambda answer, _: answer.user_errors, description=description)


@dataclass(frozen=True, slots=True)
class Returned:
    """A field of the use case's result: an attribute, or `read(result)`; `otherwise` after a refusal."""

    read: Callable[[Any], object] | None
    otherwise: object
    loads = False

    def resolver(self, name: FieldName) -> Resolve:
        read = self.read or (lambda result: getattr(result, name.field))
        return lambda answer, _info: self.otherwise if answer.result is None else read(answer.result)

    def expression(self, _code: FieldCode, _row: str) -> str:
        raise NotImplementedError  # mutations are not compiled

    def columns(self, _name: FieldName) -> tuple[str, ...] | None:
        return None


def returned(read: Callable[[Any], object] | None = None, *, otherwise: object = None, description: str = "") -> Any:
    """Declare a field of the use case's result; without `read`, the attribute of the same name."""
    return declared_field(Returned(read, otherwise), description=description or None)


def viewer_account() -> Any:
    """Declare the viewer's account as it is after the mutation, done or refused."""
    return computed(lambda _answer, context: context.viewer.account, description="Your account after the mutation.")


def changed(kind: str, description: str = "") -> Any:
    """Declare the object whose id the use case returned, read again after the commit."""

    async def load(context: RequestContext, answer: Answer) -> Any:
        return None if answer.result is None else await node.of_kind(context, kind, answer.result)

    return related(load, description=description or None)
