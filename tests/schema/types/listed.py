"""Organizations to list, and walks from page to page of a list."""

from dataclasses import dataclass, field
from typing import Any

from models.organization import IdentifierScheme, Organization, OrganizationStatus
from models.values.sort_key import finnish_sort_key
from server.db.database import Database
from tests.cast import Cast

ORGANIZATIONS = """query($first: Int, $after: String, $last: Int, $before: String, $orderBy: OrganizationOrder,
    $search: String, $filter: OrganizationFilter) {
  organizations(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, search: $search,
      filter: $filter) {
    totalCount nodes { name } edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def add_organizations(database: Database, names: list[str]) -> None:
    """Add organizations that await an administrator, in this order; only staff see them."""
    async with database.sessions.begin() as db:
        for name in names:
            db.add(
                Organization(
                    status=OrganizationStatus.AWAITING_ADMINISTRATOR,
                    identifier_scheme=IdentifierScheme.INTERNAL,
                    identifier=f"INT-{name}-{id(name)}-{len(db.new)}",
                    name=name,
                    name_sort_key=finnish_sort_key(name),
                )
            )


async def listed(cast: Cast, who: str = "support", /, **arguments: Any) -> dict[str, Any]:
    """Return one page of `organizations`."""
    answer = await cast.ask(who, ORGANIZATIONS, arguments)
    assert "errors" not in answer, answer
    page: dict[str, Any] = answer["data"]["organizations"]
    assert page["nodes"] == [edge["node"] for edge in page["edges"]]
    cursors = [edge["cursor"] for edge in page["edges"]] or [None]
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    return page


def names(page: dict[str, Any]) -> list[str]:
    """Return the names on a page, in its order."""
    return [node["name"] for node in page["nodes"]]


@dataclass
class Walk:
    """Observations of a walk from one end of a list to the other."""

    names: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


async def walk(cast: Cast, size: int | None, *, backward: bool = False, **arguments: Any) -> Walk:
    """Visit all pages and check what each says of its neighbours; names are in the list's own order."""
    seen, cursor = Walk(), None
    how_many, end, ahead, behind, edge = (
        ("last", "before", "hasPreviousPage", "hasNextPage", "startCursor")
        if backward
        else ("first", "after", "hasNextPage", "hasPreviousPage", "endCursor")
    )
    while True:
        window = {how_many: size} | ({end: cursor} if cursor else {})
        page = await listed(cast, **window, **arguments)
        seen.names = names(page) + seen.names if backward else seen.names + names(page)
        seen.sizes.append(len(page["nodes"]))
        assert page["pageInfo"][behind] == (cursor is not None)
        if not page["pageInfo"][ahead]:
            return seen
        cursor = page["pageInfo"][edge]
        assert len(seen.sizes) < 200, "the walk never ends"
