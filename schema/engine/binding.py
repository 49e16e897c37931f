"""Binds declarations to graphql-core: the one place that reads rows and enforces rules for its executor.

The build fails if a type or root field declares no rule, or if a non-null field may be denied.
"""

import inspect
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from strawberry.types.field import StrawberryField

from resolvers.core.context import RequestContext
from schema.declare.fields import DEFINITION, Called, FieldName, Resolve, declaration_of
from schema.declare.rules import Rule, RuleDeclarationError, Who, declared
from schema.engine.admission import Missing, admission_to


def bind(schema: GraphQLSchema) -> None:
    """Give every type its rule and every field its resolver; raises RuleDeclarationError."""
    types = [t for t in schema.type_map.values() if isinstance(t, GraphQLObjectType) and DEFINITION in t.extensions]
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    for type_ in types:
        _bind_type(type_, is_root=type_ in roots)
    for abstract in schema.type_map.values():
        if isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType):
            abstract.extensions["objects"] = {t.name: t for t in schema.get_possible_types(abstract)}
            abstract.resolve_type = lambda row, _info, _type: row["node_type"]
    for type_ in types:
        for name, field in type_.fields.items():
            _bind_field(f"{type_.name}.{name}", type_, field, schema if type_ in roots else None)


def _bind_type(type_: GraphQLObjectType, *, is_root: bool) -> None:
    rule = declared(type_.extensions[DEFINITION].directives or ())
    if rule is None and not is_root:
        raise RuleDeclarationError(f"type {type_.name} declares no rule; add `directives=[rule(…)]`")
    if rule is not None and rule.at:
        raise RuleDeclarationError(f"type {type_.name} has rows, so its rule takes no `at`")
    type_.extensions["rule"] = rule
    type_.is_type_of = None  # sources are rows, and the statement determines their type
    if rule is not None:
        type_.description = _documented(type_.description, rule)


def _bind_field(path: str, type_: GraphQLObjectType, field: GraphQLField, root_of: GraphQLSchema | None) -> None:
    """Bind one field; `root_of` is the schema if it is a root field."""
    definition: StrawberryField = field.extensions[DEFINITION]
    rule = declared(definition.directives)
    if rule is None and root_of is not None:
        raise RuleDeclarationError(f"root field {path} declares no rule; add `directives=[rule(…)]`")
    may_be_null = rule is None or rule.who is Who.PUBLIC
    if not may_be_null and isinstance(field.type, GraphQLNonNull):
        raise RuleDeclarationError(f"{path} has a rule of its own, so it must be nullable")
    field.extensions["rule"] = rule
    resolve = _resolver(type_, field, definition)
    if _is_guarded(field.type):
        _require_nullable(path, field.type)
        resolve = _reachable(resolve, _rule_finder(field.type))
    field.resolve = resolve
    if rule is not None:
        field.description = _documented(field.description, rule)
        _guard(path, field, rule, root_of)


def _guard(path: str, field: GraphQLField, rule: Rule, root_of: GraphQLSchema | None) -> None:
    """Wrap the field's resolver, so that it runs only for viewers whom its own rule admits."""
    assert field.resolve is not None
    if root_of is None and rule.at:
        raise RuleDeclarationError(f"{path} has a row, so its rule takes no `at`")
    admission = admission_to(root_of, path, field, rule) if root_of is not None else None
    if admission is not None:
        field.extensions["admission"] = admission
        missing: Missing = field.extensions[DEFINITION].metadata.get("missing", _null)
        field.resolve = admission.guarded(field.resolve, missing)
        field.subscribe = field.subscribe and admission.guarded_stream(field.subscribe)
    elif rule.who is not Who.PUBLIC:
        field.resolve = _permitted(field.resolve, rule)
        field.subscribe = field.subscribe and _permitted(field.subscribe, rule)


def _null(_context: RequestContext, _path: tuple[str, ...]) -> None:
    return None


def _resolver(type_: GraphQLObjectType, field: GraphQLField, definition: StrawberryField) -> Resolve:
    """Return the resolver that the field's declaration makes."""
    declaration = declaration_of(definition)
    if not isinstance(declaration, Called):
        return declaration.resolver(FieldName(type_.name, definition.python_name))
    assert field.resolve is not None
    if field.subscribe is not None:
        return field.resolve  # passes one event's value on; `subscribe` makes the stream
    return _awaiting(field.resolve) if definition.is_async else field.resolve


def _awaiting(resolve: Resolve) -> Resolve:
    async def awaited(row: Any, info: Any, **arguments: Any) -> Any:
        return await resolve(row, info, **arguments)

    return awaited


def _permitted(resolve: Resolve, rule: Rule) -> Resolve:
    """Refuse the field, before any read, to viewers whom its own rule does not admit."""

    def permitted(row: Any, info: Any, **arguments: Any) -> Any:
        if not rule.allows(info.context.viewer, row):
            raise rule.denial(info.context.viewer)
        return resolve(row, info, **arguments)

    return permitted


def _reachable(resolve: Resolve, rule_of: Callable[[Any], Rule]) -> Resolve:
    """Replace objects that the viewer may not reach by null, as if they did not exist."""

    def reach(value: Any, info: Any) -> Any:
        if isinstance(value, list):
            return [reach(item, info) for item in value]
        if value is None or not rule_of(value).allows(info.context.viewer, value):
            return None
        return value

    if inspect.iscoroutinefunction(resolve):

        async def reachable_later(row: Any, info: Any, **arguments: Any) -> Any:
            return reach(await resolve(row, info, **arguments), info)

        return reachable_later
    return lambda row, info, **arguments: reach(resolve(row, info, **arguments), info)


def _rule_finder(type_: GraphQLOutputType) -> Callable[[Any], Rule]:
    """Return a function that finds the rule of a value: that of its type, or of the type its row names."""
    named: Any = get_named_type(type_)
    if isinstance(named, GraphQLObjectType):
        rule: Rule = named.extensions["rule"]
        return lambda _value: rule
    objects: dict[str, GraphQLObjectType] = named.extensions["objects"]
    return lambda value: objects[value["node_type"]].extensions["rule"]


def _is_guarded(type_: GraphQLOutputType) -> bool:
    named = get_named_type(type_)
    if isinstance(named, GraphQLObjectType):
        rule: Rule | None = named.extensions.get("rule")
        return rule is not None and rule.who is not Who.PUBLIC
    if not isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return False
    rules = [type_.extensions.get("rule") for type_ in named.extensions["objects"].values()]
    return any(rule is None or rule.who is not Who.PUBLIC for rule in rules)


def _require_nullable(path: str, type_: GraphQLOutputType) -> None:
    """Raise RuleDeclarationError for a non-null field whose value may be hidden from a viewer."""
    while isinstance(type_, GraphQLList) or (
        isinstance(type_, GraphQLNonNull) and isinstance(type_.of_type, GraphQLList)
    ):
        type_ = type_.of_type
    if isinstance(type_, GraphQLNonNull):
        raise RuleDeclarationError(
            f"{path} may be out of reach by its type's rule, so it (or its items) must be nullable"
        )


def _documented(description: str | None, rule: Rule) -> str:
    """Append the rule in words to a description, because introspection does not show directives."""
    return "\n\n".join(filter(None, [description, f"**Who may read it:** {rule.documentation}."]))
