"""Owners of objects: the organization and the person that an object belongs to, found by its global id."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from models.db.keyset import lookup
from resolvers.core import global_id
from resolvers.core.batching import by_id
from resolvers.core.context import RequestContext
from resolvers.core.node import STATEMENTS

OWNERS = frozenset({"organization_id", "account_id"})


@dataclass(frozen=True, slots=True)
class Owned:
    """An object and the columns that name its owners, as rules read them."""

    id: UUID
    row: Any

    @property
    def organization_id(self) -> UUID | None:
        return self.row["organization_id"] if "organization_id" in self.row.keys() else None  # noqa: SIM118 - a Record


@cache
def columns_of(kind: str) -> frozenset[str]:
    """Return the owner columns of a kind; none for a kind that does not exist."""
    statement = STATEMENTS.get(kind)
    return OWNERS & {column.key for column in statement.selected_columns} if statement is not None else frozenset()


def kind_named(name: str) -> str:
    """Return the kind of object whose id the argument takes; `membershipId` takes the id of a Membership."""
    words = name.replace("_", " ").split()
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined.removesuffix("Id")


async def of(context: RequestContext, kind: str, text: str) -> Owned | None:
    """Return the object of that kind with that global id; None if there is none."""
    identity = global_id.decode(text)
    if identity is None or identity[0] != kind:
        return None
    if kind == "Organization":
        # Its id is its owner's id. Existence shows in the roles of its members, and when it is locked or read.
        return Owned(identity[1], {"organization_id": identity[1]})
    row = await by_id(context, lookup(STATEMENTS[kind], columns_of(kind) | {"node_id"}), identity[1])
    return None if row is None else Owned(identity[1], row)
