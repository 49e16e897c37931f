"""Cases of all mutations, found in their test files, and the calls that perform them."""

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import select

from models.message import Message
from models.session import Session
from resolvers.core import global_id
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, post
from tests.schema.mutations.account.closing import close, mailed_token
from tests.schema.mutations.mutation_case import MutationCase
from usecases.demo import PASSWORD

NEW_PASSWORD = "kolme uutta sanaa peräkkäin"
WELL_FORMED = "a" * 43


def _found() -> dict[str, MutationCase]:
    """Return the cases in the test files below this folder, by mutation."""
    folder = Path(__file__).parent
    cases: list[MutationCase] = []
    for room in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"):
        for module in sorted(info.name for info in pkgutil.iter_modules([str(room)])):
            if module.startswith("test_"):
                names = vars(import_module(f"tests.schema.mutations.{room.name}.{module}"))
                cases += [value for value in names.values() if isinstance(value, MutationCase)]
    found = {case.mutation: case for case in cases}
    assert len(found) == len(cases), "a mutation has one case"
    return found


CASES = _found()
AUDITED = {name: case for name, case in CASES.items() if not case.changes_nothing}


@dataclass(frozen=True)
class Person:
    """One of the cast, signed in with a browser that names itself."""

    headers: dict[str, str]
    session_id: str


@dataclass
class Asker:
    """People who perform the cases, and the values of their calls."""

    client: httpx.AsyncClient
    people: dict[str, Person]
    facts: dict[str, str]

    def headers(self, case: MutationCase) -> dict[str, str]:
        return self.people[case.who].headers


async def asking(cast: Cast, database: Database) -> Asker:
    """Return the people of the cases; the consumer has closed their account, and the member has a second session."""
    await close(cast, "consumer")
    closing = await mailed_token(database)
    query = """mutation { signIn(input: {email: "member@demo.example", password: "%s", transport: TOKEN}) {
      accessToken refreshToken } }"""
    payload = (await post(cast.client, query % PASSWORD)).json()["data"]["signIn"]
    tokens = {case.who: cast.tokens[case.who] for case in CASES.values()} | {"member": payload["accessToken"]}
    sessions = {who: await sessions_of(database, who) for who in tokens}
    people = {who: Person(_headers(token), str(sessions[who][-1])) for who, token in tokens.items()}
    organization = '{ organization(businessId: "9200001-5") { id } }'
    answer = (await post(cast.client, organization, headers=people["member"].headers)).json()
    facts = {
        "password": PASSWORD,
        "new": NEW_PASSWORD,
        "well_formed": WELL_FORMED,
        "refresh": payload["refreshToken"],
        "other_session": global_id.encode("Session", sessions["member"][0]),
        "closing": closing,
        "organization": answer["data"]["organization"]["id"],
    }
    return Asker(cast.client, people, facts)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "User-Agent": "Tester/1.0"}


async def sessions_of(database: Database, who: str) -> list[UUID]:
    """Return the ids of the sessions of one of the cast, oldest first."""
    account = await account_of(database, who)
    async with database.sessions() as db:
        return list(await db.scalars(select(Session.id).where(Session.account_id == account.id).order_by(Session.id)))


def document_of(asker: Asker, case: MutationCase, given: str | None) -> str:
    """Return the operation that calls one mutation."""
    arguments = f"(input: {given % asker.facts})" if given is not None else ""
    return f"mutation {{ {case.mutation}{arguments} {{ userErrors {{ code }} }} }}"


async def ask(asker: Asker, case: MutationCase, given: str | None) -> httpx.Response:
    """Return the response to one call."""
    return await post(asker.client, document_of(asker, case, given), headers=asker.headers(case))


async def prepare(asker: Asker, database: Database, case: MutationCase) -> None:
    """Call the mutations that a case needs first, and keep the secret of the mailed link."""
    for earlier in case.before:
        await ask(asker, CASES[earlier], CASES[earlier].done)
        asker.facts["mailed"] = await newest_token(database)


async def newest_token(database: Database) -> str:
    """Return the secret of the newest message with a link."""
    async with database.sessions() as db:
        messages = select(Message.secrets["token"].astext).where(Message.secrets.is_not(None))
        return str((await db.scalars(messages.order_by(Message.id.desc()).limit(1))).one())


def codes_of(answer: httpx.Response) -> list[str]:
    """Return the codes of an answer's errors of either kind; an empty list means success."""
    said = answer.json()
    if "errors" in said:
        return [error["extensions"]["code"] for error in said["errors"]]
    (payload,) = said["data"].values()
    return [error["code"] for error in payload["userErrors"]]
