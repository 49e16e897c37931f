"""The schema, built once and bound; and its SDL."""

import inspect
from pathlib import Path

import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, Undefined
from strawberry.printer import print_schema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition

from schema.declare.fields import DEFINITION
from schema.engine.asked_permissions import hide_unasked
from schema.engine.binding import bind
from schema.mutation import Mutation
from schema.query import Query
from schema.subscription import Subscription
from schema.types.user_error import USER_ERRORS

SDL_FILE = Path(__file__).parent / "schema.graphql"


def _declared() -> strawberry.Schema:
    schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, types=USER_ERRORS)
    _describe_by_docstrings(schema._schema)
    _leave_out_null_defaults(schema._schema)
    hide_unasked(schema._schema)
    return schema


def _describe_by_docstrings(schema: GraphQLSchema) -> None:
    """Describe a type by the docstring of its class, unless its declaration has a description."""
    for type_ in schema.type_map.values():
        match type_.extensions.get(DEFINITION):
            case StrawberryObjectDefinition(description=None, origin=declared):
                type_.description = _in_one_line(declared)
            case StrawberryEnumDefinition(description=None, wrapped_cls=declared):
                type_.description = _in_one_line(declared)


def _in_one_line(documented: type) -> str:
    return " ".join((inspect.getdoc(documented) or "").split())


def _leave_out_null_defaults(schema: GraphQLSchema) -> None:
    """Remove the default `= null` that Strawberry gives to optional arguments and input fields."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            givens = [argument for field in type_.fields.values() for argument in field.args.values()]
        elif isinstance(type_, GraphQLInputObjectType):
            givens = list(type_.fields.values())
        else:
            continue
        for given in givens:
            if given.default_value is None:
                given.default_value = Undefined


def sdl() -> str:
    """Return the SDL, with the rules as directives."""
    return print_schema(_declared()) + "\n"


def _bound() -> GraphQLSchema:
    schema = _declared()._schema
    bind(schema)
    return schema


SCHEMA: GraphQLSchema = _bound()
