"""How every mutation is performed: what its deed is given, what must have been done before, and by whom."""

from dataclasses import dataclass

import httpx
from sqlalchemy import select

from models.message import Message
from models.session import Session
from resolvers.core import global_id
from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import account_of, post
from tests.schema.mutations.account.closing import close, mailed_token
from usecases.demo import PASSWORD

NEW_PASSWORD = "kolme uutta sanaa peräkkäin"
WELL_FORMED = "a" * 43

# By mutation: the input of a deed that is done, where one can be asked for at once, and of one that is refused.
DONE = {
    "signIn": '{email: "member@demo.example", password: "%(password)s", transport: TOKEN}',
    "signOut": None,
    "sessionRefresh": '{refreshToken: "%(refresh)s"}',
    "sessionRevoke": '{id: "%(other_session)s"}',
    "otherSessionsRevoke": None,
    "reauthenticate": '{password: "%(password)s"}',
    "signUp": '{email: "uusi@demo.example", password: "%(new)s", displayName: "Uusi"}',
    "emailConfirmationResend": '{email: "member@demo.example"}',
    "passwordResetRequest": '{email: "member@demo.example"}',
    "passwordChange": '{newPassword: "%(new)s"}',
    "emailChangeRequest": '{email: "jussi.uusi@demo.example"}',
    "profileUpdate": '{version: 1, givenName: "Jussi"}',
    "accountExport": None,
    "accountClose": None,
    "emailConfirm": '{token: "%(mailed)s", password: "%(new)s"}',
    "passwordReset": '{token: "%(mailed)s", newPassword: "%(new)s"}',
    "emailChangeConfirm": '{token: "%(mailed)s"}',
    "emailChangeRevert": '{token: "%(mailed)s"}',
    "accountCloseUndo": '{token: "%(closing)s"}',
    "accountSecure": '{token: "%(mailed)s"}',
}
# What mails the link that a deed needs.
BEFORE = {
    "emailConfirm": ["signUp"],
    "passwordReset": ["passwordResetRequest"],
    "emailChangeConfirm": ["emailChangeRequest"],
    "emailChangeRevert": ["emailChangeRequest", "emailChangeConfirm"],
    "accountSecure": ["passwordChange"],
}
NOT_DEEDS = {"passwordCheck": "it says how strong a password would be, and must not leave a trace of having been asked"}


@dataclass
class Asker:
    """The member, signed in with a browser that says what it is, and what her calls need."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    session_id: str
    facts: dict[str, str]


async def member_asking(cast: Cast, database: Database) -> Asker:
    """Sign the member in once more, after the consumer has closed her account."""
    await close(cast, "consumer")
    closing = await mailed_token(database)
    query = """mutation { signIn(input: {email: "member@demo.example", password: "%s", transport: TOKEN}) {
      accessToken refreshToken } }"""
    payload = (await post(cast.client, query % PASSWORD)).json()["data"]["signIn"]
    account = await account_of(database, "member")
    async with database.sessions() as session:
        found = select(Session.id).where(Session.account_id == account.id).order_by(Session.id)
        other, own = list(await session.scalars(found))
    facts = {
        "password": PASSWORD,
        "new": NEW_PASSWORD,
        "well_formed": WELL_FORMED,
        "refresh": payload["refreshToken"],
        "other_session": global_id.encode("Session", other),
        "closing": closing,
    }
    headers = {"Authorization": f"Bearer {payload['accessToken']}", "User-Agent": "Tester/1.0"}
    return Asker(cast.client, headers, str(own), facts)


def document_of(asker: Asker, name: str, given: str | None) -> str:
    """Return the operation that asks for one mutation."""
    arguments = f"(input: {given % asker.facts})" if given is not None else ""
    return f"mutation {{ {name}{arguments} {{ userErrors {{ code }} }} }}"


async def ask(asker: Asker, name: str, given: str | None) -> httpx.Response:
    """Return the response to one mutation."""
    return await post(asker.client, document_of(asker, name, given), headers=asker.headers)


async def prepare(asker: Asker, database: Database, name: str) -> None:
    """Do what a mutation needs to have been done before, and keep the secret of the link that this mailed."""
    for earlier in BEFORE.get(name, []):
        await ask(asker, earlier, DONE[earlier])
        asker.facts["mailed"] = await newest_token(database)


async def newest_token(database: Database) -> str:
    """Return what the newest letter with a link holds."""
    async with database.sessions() as session:
        letters = select(Message.secrets["token"].astext).where(Message.secrets.is_not(None))
        return str((await session.scalars(letters.order_by(Message.id.desc()).limit(1))).one())
