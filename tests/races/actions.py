"""Every action on one's own account, and those of the mail server and of staff, as a race runs them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx
from sqlalchemy import select

from auth.tokens import TokenKind
from models.db.clock import now
from models.message import Message
from resolvers.core import global_id
from server.db.database import Database
from server.jobs.erasure import ACTOR
from tests.races.stage import PASSWORD, Person, State
from tests.schema.asking import post
from usecases.account.erasure import erase_account
from usecases.account.staff_sign_out import sign_out_everywhere
from usecases.account.undeliverable import record_bounces
from usecases.audit.audit_record import Actor
from usecases.mail.bounce import Bounce
from usecases.refusal import RefusedError

FAULTS = {"INTERNAL", "UNAVAILABLE", "TIMEOUT"}
NEW_PASSWORD = "kolme vanhaa hauen leukaa"


@dataclass(frozen=True, slots=True)
class Room:
    """The server and the database of a race."""

    client: httpx.AsyncClient
    database: Database


Given: TypeAlias = dict[str, Callable[[Person], Any]]
Run: TypeAlias = Callable[[Room, Person], Awaitable[set[str]]]


@dataclass(frozen=True, slots=True)
class Action:
    """An action, the states of the account in which it is tried, and whether it first computes a password's hash."""

    run: Run
    states: frozenset[State] = frozenset({State.ACTIVE})
    hashes: bool = False


def _mutation(text: str, given: Given | None = None, *, signed_in: bool = True) -> Run:
    """Return a function that runs a mutation and returns the codes of its errors and refusals."""

    async def run(room: Room, person: Person) -> set[str]:
        headers = person.headers if signed_in else None
        variables = {name: value(person) for name, value in (given or {}).items()}
        answer = (await post(room.client, text, variables, headers)).json()
        payloads = [payload for payload in (answer.get("data") or {}).values() if payload]
        refused = {error["code"] for payload in payloads for error in payload["userErrors"]}
        return refused | {error["extensions"]["code"] for error in answer.get("errors", ())}

    return run


def _email(person: Person) -> str:
    return person.email


def _with(kind: TokenKind) -> Callable[[Person], Any]:
    return lambda person: person.secrets.get(kind, "")


def _by_link(name: str, kind: TokenKind) -> Run:
    text = f"mutation($t: String!) {{ {name}(input: {{token: $t}}) {{ userErrors {{ code }} }} }}"
    return _mutation(text, {"t": _with(kind)}, signed_in=name == "emailChangeConfirm")


def _for_address(name: str) -> Run:
    text = f"mutation($e: String!) {{ {name}(input: {{email: $e}}) {{ userErrors {{ code }} }} }}"
    return _mutation(text, {"e": _email}, signed_in=False)


async def _bounce(room: Room, person: Person) -> set[str]:
    async with room.database.sessions.begin() as db:
        found = select(Message).where(Message.account_id == person.id).order_by(Message.id).limit(1)
        message = await db.scalar(found)
        if message is not None:
            await record_bounces(db, [Bounce(message.id, message.email_key, "5.1.1")], now())
    return set()


async def _staff_sign_out(room: Room, person: Person) -> set[str]:
    try:
        async with room.database.sessions.begin() as db:
            await sign_out_everywhere(db, Actor(name="staff"), person.email, now=now())
    except RefusedError:
        return set()
    return set()


async def _erase(room: Room, person: Person) -> set[str]:
    async with room.database.sessions.begin() as db:
        await erase_account(db, ACTOR, person.id, now=now())
    return set()


_SIGN_IN = """mutation($e: String!, $p: String!, $d: String) {
  signIn(input: {email: $e, password: $p, transport: TOKEN, deviceToken: $d}) { userErrors { code } } }"""
_SIGN_UP = """mutation($e: String!, $p: String!) {
  signUp(input: {email: $e, password: $p, displayName: "Joku Muu"}) { userErrors { code } } }"""
_RESET = """mutation($t: String!, $p: String!) {
  passwordReset(input: {token: $t, newPassword: $p}) { userErrors { code } } }"""
_CHANGE = "mutation($p: String!) { passwordChange(input: {newPassword: $p}) { userErrors { code } } }"
_REAUTHENTICATE = "mutation($p: String!) { reauthenticate(input: {password: $p}) { userErrors { code } } }"
_REFRESH = "mutation($t: String!) { sessionRefresh(input: {refreshToken: $t}) { userErrors { code } } }"
_REVOKE = "mutation($i: ID!) { sessionRevoke(input: {id: $i}) { userErrors { code } } }"
_PROFILE = 'mutation { profileUpdate(input: {version: 1, givenName: "Aino"}) { userErrors { code } } }'
_DETAILS = """mutation($i: ID!) {
  organizationUpdate(input: {organizationId: $i, version: 1, language: SV}) { userErrors { code } } }"""
_REQUEST = "mutation($e: String!) { emailChangeRequest(input: {email: $e}) { userErrors { code } } }"
_CONFIRM = """mutation($t: String!, $p: String!) {
  emailConfirm(input: {token: $t, newPassword: $p, displayName: "Oma Nimi"}) { userErrors { code } } }"""
_CLOSE = """mutation {
  accountClose(input: {leaveOrganizationsWithoutAdministrator: true}) { userErrors { code } } }"""

_ANY = frozenset(State)
_NONE: frozenset[State] = frozenset()  # states of an account that nobody has confirmed
_NOT_ACTIVE = frozenset({State.CLOSED, State.DUE})
_PASSWORD: Given = {"p": lambda _: PASSWORD}
_NEW: Given = {"p": lambda _: NEW_PASSWORD}

ACTIONS = {
    "profileUpdate": Action(_mutation(_PROFILE)),
    "organizationUpdate": Action(
        _mutation(_DETAILS, {"i": lambda person: global_id.encode("Organization", person.organization)})
    ),
    "emailChangeRequest": Action(_mutation(_REQUEST, {"e": lambda person: f"other-{person.email}"})),
    "emailChangeConfirm": Action(_by_link("emailChangeConfirm", TokenKind.EMAIL_CHANGE)),
    "emailChangeRevert": Action(_by_link("emailChangeRevert", TokenKind.EMAIL_UNDO), _ANY),
    "emailConfirm of a sign-up": Action(
        _mutation(_CONFIRM, {"t": _with(TokenKind.SIGN_UP), **_NEW}, signed_in=False), _NONE, hashes=True
    ),
    "emailConfirm": Action(_by_link("emailConfirm", TokenKind.EMAIL_PROOF)),
    "emailConfirmationResend": Action(_for_address("emailConfirmationResend")),
    "passwordResetRequest": Action(_for_address("passwordResetRequest"), _ANY),
    "passwordReset": Action(
        _mutation(_RESET, {"t": _with(TokenKind.PASSWORD_RESET), **_NEW}, signed_in=False), hashes=True
    ),
    "passwordChange": Action(_mutation(_CHANGE, _NEW), hashes=True),
    "reauthenticate": Action(_mutation(_REAUTHENTICATE, _PASSWORD), hashes=True),
    "signIn": Action(_mutation(_SIGN_IN, {"e": _email, **_PASSWORD}, signed_in=False), hashes=True),
    "signIn from a known device": Action(
        _mutation(_SIGN_IN, {"e": _email, **_PASSWORD, "d": _with(TokenKind.DEVICE)}, signed_in=False), hashes=True
    ),
    "signUp": Action(_mutation(_SIGN_UP, {"e": _email, **_NEW}, signed_in=False), _ANY, hashes=True),
    "signOut": Action(_mutation("mutation { signOut { userErrors { code } } }")),
    "sessionRefresh": Action(_mutation(_REFRESH, {"t": _with(TokenKind.REFRESH)}, signed_in=False)),
    "sessionRefresh with a used token": Action(
        _mutation(_REFRESH, {"t": lambda person: person.used_refresh_token}, signed_in=False)
    ),
    "sessionRevoke": Action(
        _mutation(_REVOKE, {"i": lambda person: global_id.encode("Session", person.other_session)})
    ),
    "otherSessionsRevoke": Action(_mutation("mutation { otherSessionsRevoke { userErrors { code } } }")),
    "accountExport": Action(_mutation("mutation { accountExport { userErrors { code } } }")),
    "accountClose": Action(_mutation(_CLOSE)),
    "accountCloseUndo": Action(_by_link("accountCloseUndo", TokenKind.CLOSING_UNDO), _NOT_ACTIVE),
    "a hard bounce": Action(_bounce, _ANY),
    "staff's sign-out": Action(_staff_sign_out, _ANY),
    "erasure": Action(_erase, frozenset({State.DUE})),
}
