"""The named cast, one person of each kind, signed in over HTTP; for tests of permissions."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import update

from models.account import Account, AccountStatus
from models.db.clock import now
from models.membership import Role
from models.staff import StaffRole
from models.task import TaskKind
from server.db.database import Database
from usecases.demo import DOMAIN, ORGANIZATIONS, PASSWORD, PEOPLE, DemoPerson, load_cast

SIGN_IN = """mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password, transport: TOKEN}) {
    account { id } accessToken userErrors { code }
  }
}"""

NOBODY = "nobody"
RESTRICTED = "restricted"  # a staff member with an open task
DEMO = {name: person for name, person in PEOPLE.items() if not person.tasks}
EVERYBODY = [*DEMO, RESTRICTED, NOBODY]
OTHERS = {
    "suspended": DemoPerson("Seppo Suljettu"),
    RESTRICTED: DemoPerson(
        "Reetta Rajattu", staff_roles=(StaffRole.SUPPORT, StaffRole.AUDITOR), tasks=(TaskKind.SET_NEW_PASSWORD,)
    ),
}
ROLES = {name: role for organization in ORGANIZATIONS[:1] for name, role in organization.members.items()}
ADMINISTRATORS = {Role.ADMINISTRATOR}


@dataclass
class Cast:
    """Sends requests as members of the cast; each has a token, except `nobody`."""

    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the whole answer to a query of that member of the cast."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}
        response = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def sign_in(self, who: str) -> None:
        """Sign a member of the cast in and keep their token."""
        answer = await self.ask(NOBODY, SIGN_IN, {"email": f"{who}@{DOMAIN}", "password": PASSWORD})
        payload = answer["data"]["signIn"]
        assert payload["userErrors"] == [], answer
        self.tokens[who], self.ids[who] = payload["accessToken"], payload["account"]["id"]


async def add_cast(database: Database) -> None:
    """Add the cast: the demo people, two organizations, a suspended and a restricted person."""
    async with database.sessions.begin() as db:
        await load_cast(db, DEMO | OTHERS, ORGANIZATIONS[:2], now=now())
    async with database.sessions.begin() as db:
        suspended = update(Account).where(Account.email_key == f"suspended@{DOMAIN}")
        await db.execute(suspended.values(status=AccountStatus.SUSPENDED))


async def signed_in_cast(client: httpx.AsyncClient) -> Cast:
    """Sign in every member of the cast who can sign in."""
    cast = Cast(client)
    for who in (*DEMO, RESTRICTED):
        await cast.sign_in(who)
    return cast
