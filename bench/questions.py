"""Questions to every server: two documents, each for several people and organizations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.world import (
    ADMINISTRATORS,
    CROWD,
    CROWD_ADMINISTRATOR,
    LIST,
    LISTS,
    PEOPLE,
    PLAIN_MEMBER,
    RESTRICTED,
    STRANGER,
    Kind,
    global_id,
    token,
)

ME = """query Me($first: Int) {
  me { id email displayName memberships(first: $first) {
    edges { node { role organization { id name businessId } } } pageInfo { hasNextPage endCursor }
  } }
}"""
MEMBERS = """query Members($id: ID!, $first: Int) {
  organization(id: $id) { memberships(first: $first) { edges { node { role person { displayName email } } } } }
}"""
PAGE_OF_MEMBERS = """query PageOfMembers($id: ID!, $first: Int, $after: String) {
  organization(id: $id) { memberships(first: $first, after: $after) { edges { node { role person { email } } } } }
}"""
FAILED_SIGN_IN = """mutation FailedSignIn($input: SignInInput!) {
  signIn(input: $input) { userErrors { code } }
}"""


@dataclass(frozen=True, slots=True)
class Question:
    """One request: the body of the POST and its credentials."""

    document: str
    operation: str
    variables: dict[str, Any]
    account: int | None

    @property
    def body(self) -> dict[str, Any]:
        """Return the body of the POST before JSON encoding."""
        return {"operationName": self.operation, "query": self.document, "variables": self.variables}

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of the POST."""
        sender = {} if self.account is None else {"Authorization": f"Bearer {token(self.account)}"}
        return {"Content-Type": "application/json", **sender}


def me(holding: int) -> list[Question]:
    """Ask for several people with that many organizations, and at most 100 of their memberships."""
    return [_me(person, min(holding, 100)) for person in PEOPLE[holding]]


def members() -> list[Question]:
    """Ask for the 100 members of an organization, as several administrators."""
    return [_members(account, place) for place, account in enumerate(ADMINISTRATORS)]


def page_of_crowd(size: int, after: str | None) -> list[Question]:
    """Ask for one page of the largest organization."""
    variables = {"id": global_id(Kind.ORGANIZATION, CROWD), "first": size, "after": after}
    return [Question(PAGE_OF_MEMBERS, "PageOfMembers", variables, CROWD_ADMINISTRATOR)]


def failed_sign_ins(addresses: Iterable[str]) -> list[Question]:
    """Try wrong passwords."""
    given = [
        {"email": address, "password": "not the password of anyone", "transport": "TOKEN"} for address in addresses
    ]
    return [Question(FAILED_SIGN_IN, "FailedSignIn", {"input": each}, None) for each in given]


def refused() -> list[Question]:
    """Ask for forbidden data: without permission, as a stranger, with an open task, and signed out."""
    stray = Question(MEMBERS, "Members", {"id": global_id(Kind.ACCOUNT, 0), "first": LIST}, ADMINISTRATORS[0])
    nobody = _members(None, LISTS[0])
    theirs = [_members(PLAIN_MEMBER, LISTS[0]), _members(STRANGER, LISTS[0]), _members(RESTRICTED, LISTS[1])]
    return [*theirs, _me(RESTRICTED, 3), stray, _me(None, 3), nobody]


def _me(account: int | None, first: int) -> Question:
    return Question(ME, "Me", {"first": first}, account)


def _members(account: int | None, organization: int) -> Question:
    variables = {"id": global_id(Kind.ORGANIZATION, organization), "first": LIST}
    return Question(MEMBERS, "Members", variables, account)
