"""Capabilities: the pair `viewerCan…`, `viewerCannot…Reasons` of one mutation, declared from its policy.

    viewer_can_update, viewer_cannot_update_reasons = capability(
        "profileUpdate", account_policies.reasons_against_profile_update, "account_id"
    )

The type of both fields comes from the declaration, so they take no annotation.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import strawberry

from auth.policies.reason import Reason
from resolvers.core.context import RequestContext
from schema.declare.fields import FieldCode, FieldName, Resolve, declared_field

Policy: TypeAlias = Callable[..., list[Reason]]
Load: TypeAlias = Callable[[RequestContext, Any], Awaitable[object]]

strawberry.enum(
    Reason,
    description="""A reason why the viewer cannot do something just now: the code with which the mutation would answer.

- `TASK_OPEN`: the viewer has an open task, which comes first; `me { tasks { kind } }` lists it.
- `FORBIDDEN`: the viewer's role does not permit it, or the account is another person's.
- `NOT_FOUND`: the object is gone: the session has ended already.
- `REAUTHENTICATION_REQUIRED`: `reauthenticate` first.
- `WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR`: appoint another administrator first, or insist.

The first two are answered as errors of the field, the others as `userErrors`.""",
)


@dataclass(frozen=True, slots=True)
class Capability:
    """One field of the pair: the reasons of a policy, or True if there are none.

    The policy is given the viewer, the columns `facts`, and what `load` finds out for the row.
    """

    mutation: str
    policy: Policy
    facts: tuple[str, ...]
    load: Load | None
    tells_reasons: bool

    @property
    def loads(self) -> bool:
        return self.load is not None

    def resolver(self, _name: FieldName) -> Resolve:
        if self.load is not None:
            loaded = self._loaded()

            async def resolve(row: Any, info: Any) -> object:
                return await loaded(info.context, row)

            return resolve
        policy, facts, tells = self.policy, self.facts, self.tells_reasons

        def reasons(row: Any, info: Any) -> object:
            found = policy(info.context.viewer, *[row[fact] for fact in facts])
            return found if tells else not found

        return reasons

    def expression(self, code: FieldCode, row: str) -> str:
        name = self.policy.__name__
        if self.load is not None:
            return f"{code.constant(self._loaded(), f'load_{name}')}(context, {row})"
        facts = ", ".join(f"{row}[{fact!r}]" for fact in self.facts)
        call = f"{code.constant(self.policy, name)}(context.viewer, {facts})"
        return call if self.tells_reasons else f"(not {call})"

    def columns(self, _name: FieldName) -> tuple[str, ...]:
        return self.facts

    def _loaded(self) -> Load:
        policy, facts, load, tells = self.policy, self.facts, self.load, self.tells_reasons
        assert load is not None

        async def reasons(context: RequestContext, row: Any) -> object:
            fact = await load(context, row)
            found = policy(context.viewer, *[row[name] for name in facts], fact)
            return found if tells else not found

        return reasons


def capability(
    mutation: str, policy: Policy, *facts: str, load: Load | None = None, description: str = ""
) -> tuple[bool, list[Reason]]:
    """Declare the two fields about one mutation: can the viewer call it, and the reasons if not.

    `facts` names the columns of the row that the policy takes after the viewer, in their order. `load` finds out one
    more, which the policy takes last; it reads no column of the row but those.
    """
    can = declared_field(
        Capability(mutation, policy, facts, load, tells_reasons=False),
        description=f"True if the viewer can call `{mutation}` now.",
        type_=bool,
    )
    reasons = declared_field(
        Capability(mutation, policy, facts, load, tells_reasons=True),
        description=" ".join(filter(None, [f"The reasons why `{mutation}` would be refused now.", description])),
        type_=list[Reason],
    )
    return can, reasons
