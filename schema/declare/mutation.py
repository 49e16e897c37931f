"""Declarations of mutations: one object defines a mutation completely, and its root field is made from it.

    session_revoke = Mutation(
        input=SessionRevokeInput,
        payload=SessionRevokePayload,
        rule=rule(SIGNED_IN, with_tasks=True),
        action=Action.SESSION_REVOKE,
        refuses={RefusalCode.NOT_FOUND},
        resolve=session.revoke,
        description="Sign one of your devices out.",
    )

`use_case` is called inside the transaction with (db, actor). `resolve` is for mutations that hash a password or count
attempts before it. It is called with the `MutationCall`, a `Gate` whose `run` makes the transaction. Both take the
fields of the input by name; docs/mutations.md has the rules. The name of the variable is the name of the mutation:
`sessionRevoke`.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, get_type_hints
from uuid import UUID

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryMaybe, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from models.db.clock import now
from resolvers.core import global_id, owner
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import Acting, Answer, MutationCall, out_of_reach
from resolvers.core.rate_limits import RateLimit, count_call, rate_limit_errors
from schema.declare.fields import Info
from schema.declare.rules import Rule, Who
from usecases.audit.action import Action
from usecases.idempotency import FIELD, keyed_call
from usecases.organization.acting import no_accounts
from usecases.refusal import DeniedError, RefusalCode, RefusedError

CHANGES = "changes"  # parameter: dict of the `Maybe` fields of the input that were sent
NOW = "now"  # the parameter that takes the time of the action
ORGANIZATION = "organization"  # parameter: the locked organization, in place of its id


class MutationDeclarationError(Exception):
    """A mutation's declaration contradicts itself; the message names the mutation and the correction."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="refuses",
    description="Codes that the user errors of the mutation may have.",
)
class Refuses:
    """Directive that prints the possible codes of a mutation's user errors."""

    codes: list[RefusalCode]


@dataclass(frozen=True, kw_only=True, eq=False)
class Mutation:
    """Complete declaration of one mutation."""

    payload: type
    rule: Rule
    description: str
    action: Action | None  # None: the mutation changes nothing and writes no audit record
    input: type | None = None
    input_optional: bool = False
    use_case: Callable[..., Awaitable[Any]] | None = None
    resolve: Callable[..., Awaitable[Any]] | None = None
    locks: Callable[..., Awaitable[Collection[UUID]]] | None = None  # returns the ids of the accounts to lock
    refuses: Collection[RefusalCode] = ()
    tries_secret: bool = False  # at most one such mutation per request
    rate_limit: RateLimit | None = None

    def field(self, name: str) -> StrawberryField:
        """Return the root field; raises MutationDeclarationError."""
        self._check(name)
        told = f"**May be refused with:** {', '.join(f'`{code}`' for code in self.codes)}." if self.codes else ""
        metadata: dict[str, Any] = {"mutation": self, "missing": self._missing}
        field: StrawberryField = strawberry.mutation(
            resolver=self._resolver(to_camel_case(name)),
            directives=[self.rule, *([Refuses(codes=self.codes)] if self.codes else [])],
            metadata=metadata | ({"proof": True} if self.tries_secret else {}),
            description="\n\n".join(filter(None, [self.description, told])),
        )
        return field

    @cached_property
    def codes(self) -> list[RefusalCode]:
        """Return the possible codes of its user errors, in the order of the enum."""
        takes_ids = self.use_case is not None and any(type_ is strawberry.ID for type_ in self.fields.values())
        codes = {*self.refuses, *([RefusalCode.NOT_FOUND] if takes_ids or self.rule.at else [])}
        if self._is_idempotent:
            codes |= {RefusalCode.INVALID, RefusalCode.IDEMPOTENCY_KEY_REUSED}
        return [code for code in RefusalCode if code in codes]

    @cached_property
    def fields(self) -> dict[str, Any]:
        """Return the types of the input's fields by their Python names."""
        definition = get_object_definition(self.input) if self.input is not None else None
        return {field.python_name: field.type for field in definition.fields} if definition is not None else {}

    @cached_property
    def _takes_organization(self) -> bool:
        return self.use_case is not None and ORGANIZATION in inspect.signature(self.use_case).parameters

    @cached_property
    def _takes_now(self) -> bool:
        return self.use_case is not None and NOW in inspect.signature(self.use_case).parameters

    @cached_property
    def _acts_in_organization(self) -> bool:
        kind = owner.kind_named(to_snake_case(self.rule.at.split(".")[-1])) if self.rule.at else ""
        return "organization_id" in owner.columns_of(kind)

    @cached_property
    def _found_by(self) -> list[str]:
        """Return the fields of the input that `locks` takes."""
        return list(inspect.signature(self.locks).parameters)[1:] if self.locks is not None else []

    @cached_property
    def _result_type(self) -> Any:
        return get_type_hints(self.use_case)["return"] if self.use_case is not None else Any

    @cached_property
    def _is_idempotent(self) -> bool:
        return FIELD in self.fields

    def _check(self, name: str) -> None:
        if (self.use_case is None) is (self.resolve is None):
            raise MutationDeclarationError(f"{name}: declare either `use_case` or `resolve`")
        function = self.use_case or self.resolve
        assert function is not None
        if self._is_idempotent and self.action is None:
            raise MutationDeclarationError(f"{name}: an idempotency key is kept by action; declare one")
        given = {CHANGES if isinstance(type_, StrawberryMaybe) else field for field, type_ in self.fields.items()}
        given.discard(FIELD)
        taken = set(list(inspect.signature(function).parameters)[2 if self.use_case else 1 :]) - {NOW}
        if self._takes_organization and self.rule.at:
            taken = (taken - {ORGANIZATION}) | (given & {"organization_id"})
        if taken != given:
            where = f"{function.__module__}.{function.__qualname__}"
            raise MutationDeclarationError(f"{name}: the input has {sorted(given)}, {where} takes {sorted(taken)}")
        self._check_types(name, function)
        if self._acts_in_organization is not (self.locks is not None):
            raise MutationDeclarationError(
                f"{name}: a rule whose `at` leads to an organization goes with `locks`, which finds the accounts that "
                "the use case locks; they are locked before the organization (`locks=no_accounts` if there are none)"
            )
        if not self.fields.keys() >= set(self._found_by):
            raise MutationDeclarationError(f"{name}: `locks` takes {self._found_by}, the input has {list(self.fields)}")

    def _check_types(self, name: str, function: Callable[..., Awaitable[Any]]) -> None:
        """Compare the types of the input's fields with the function's parameters, because mypy cannot."""
        taken = get_type_hints(function)
        for field, type_ in (get_type_hints(self.input) if self.input is not None else {}).items():
            wanted = type_ if type_ is not strawberry.ID else UUID if self.use_case is not None else str
            if field in taken and taken[field] != wanted:
                raise MutationDeclarationError(f"{name}: {field} is {wanted} in the input and {taken[field]} below")

    def _resolver(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def with_input(info: Any, input: Any) -> Any:  # noqa: A002 - the argument's name in the API
            return await self._answer(name, info.context, input)

        async def optional_input(info: Any, input: Any = None) -> Any:  # noqa: A002 - the argument's name in the API
            return await self._answer(name, info.context, input)

        async def without_input(info: Any) -> Any:
            return await self._answer(name, info.context, None)

        if self.input is None:
            without_input.__annotations__ = {"info": Info, "return": self.payload | None}
            return without_input
        made, type_ = (optional_input, self.input | None) if self.input_optional else (with_input, self.input)
        made.__annotations__ = {"info": Info, "input": type_, "return": self.payload | None}
        return made

    async def _answer(self, name: str, context: RequestContext, given: Any) -> Answer:
        if given is None and self.input is not None:
            given = self.input()
        with rate_limit_errors(context):
            if self.rate_limit is not None:
                await count_call(context, self.rate_limit, name)
            call = self._call(context, await self._acting(context, given))
            try:
                return await call.answer(lambda: self._done(call, given))
            except DeniedError:
                raise self.rule.denial(context.viewer) from None

    def _call(self, context: RequestContext, acting: Acting | None = None) -> MutationCall:
        is_own = self.rule.who in {Who.SIGNED_IN, Who.SELF}
        return MutationCall(
            action=self.action,
            actor=context.actor,
            resources=context.resources,
            clock=now,
            subject_id=context.viewer.account_id if is_own else None,
            organization_id=acting.organization_id if acting is not None else None,
            context=context,
            refuses=frozenset(self.codes),
            acting=acting,
        )

    async def _acting(self, context: RequestContext, given: Any) -> Acting | None:
        """Return the organization of the rule, whose permission the admission has already checked."""
        if not self.rule.at:
            return None
        path = tuple(map(to_snake_case, self.rule.at.split(".")))
        for name in path:
            given = getattr(given, name)
        found = await owner.of(context, owner.kind_named(path[-1]), given)
        if found is None or found.organization_id is None:
            return None
        needed = self.rule.organization or None
        by_role = needed is not None and found.organization_id in context.viewer.organizations_with(needed)
        return Acting(found.organization_id, needed if by_role else None, path)

    async def _done(self, call: MutationCall, given: Any) -> Any:
        """Return the result of `resolve`, or of the use case in its transaction."""
        values = self._values(given)
        key = values.pop(FIELD, None)
        if key is not None and self.action is not None:
            call.key = keyed_call(self.action, call.context.viewer.account_id, key, values)
            call.result_type = self._result_type
        if self.resolve is not None:
            call.locks = self._locks(values)
            return await self.resolve(call, **values)
        use_case = self.use_case
        assert use_case is not None
        for name, type_ in self.fields.items():
            if type_ is strawberry.ID:
                values[name] = _decoded(name, values[name])
        call.locks = self._locks(values)
        if self._takes_organization:
            values.pop("organization_id", None)

        def run(db: Any, actor: Any, now: datetime) -> Awaitable[Any]:
            given_too: dict[str, Any] = {NOW: now} if self._takes_now else {}
            if self._takes_organization:
                given_too[ORGANIZATION] = call.organization
            return use_case(db, actor, **values, **given_too)

        return await call.run(run)

    def _locks(self, values: Mapping[str, Any]) -> Callable[[Any], Awaitable[Collection[UUID]]]:
        """Return a function that finds the accounts to lock, bound to the input's fields."""
        find = self.locks or no_accounts
        taken = {name: values[name] for name in self._found_by}
        return lambda db: find(db, **taken)

    def _values(self, given: Any) -> dict[str, Any]:
        """Return the input's fields by name; the optional ones that were sent are collected as `changes`."""
        values: dict[str, Any] = {}
        for name, type_ in self.fields.items():
            value = getattr(given, name)
            if not isinstance(type_, StrawberryMaybe):
                values[name] = value
                continue
            changes = values.setdefault(CHANGES, {})
            if value is not None:
                changes[name] = value.value
        return values

    async def _missing(self, context: RequestContext, path: tuple[str, ...]) -> Answer:
        """Return the answer for an object that does not exist or is hidden from the viewer."""
        return await self._call(context).refused([out_of_reach(tuple(map(to_snake_case, path[1:])))])


def _decoded(name: str, text: str) -> Any:
    """Return the object id in a field's global id; the field's name determines the kind."""
    decoded = global_id.decode(text)
    if decoded is None or decoded[0] != owner.kind_named(name):
        raise RefusedError([out_of_reach((name,))])
    return decoded[1]
