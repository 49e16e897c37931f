"""Signing in and out: the password is checked between two short uses of the database, never during one."""

from dataclasses import dataclass

from graphql import GraphQLError
from sqlalchemy.ext.asyncio import AsyncSession

from auth.authentication import authenticate
from auth.tokens import TokenKind
from auth.viewer import NOBODY
from models.account import CREDENTIAL
from models.reading import Row
from models.session import Transport
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from resolvers.context import RequestContext
from resolvers.deeds import Outcome, attempt
from usecases import sign_in as deeds

KINDS = {Transport.COOKIE: TokenKind.COOKIE, Transport.TOKEN: TokenKind.ACCESS}


@dataclass(slots=True)
class SignedIn(Outcome):
    """Whom the sign-in turned the viewer into, if it succeeded."""

    account: Row | None = None
    access_token: str | None = None


async def sign_in(context: RequestContext, email: str, password: str, transport: Transport) -> SignedIn:
    """Sign in by e-mail and password; every failure answers alike, after the same work.

    Raises GraphQLError CSRF_REFUSED when a cookie is asked for by a request that may not have one.
    """
    if transport is Transport.COOKIE and not context.may_set_cookie:
        raise GraphQLError(
            "a cookie is only given to our own pages: send the header X-OmaPosti-Client and an allowed Origin, "
            "or ask for transport TOKEN",
            extensions={"code": "CSRF_REFUSED"},
        )
    credential = await _credential(context, email)
    fits = await context.services.passwords.matches(credential and credential["password_hash"], password)
    proof = deeds.proof_of(credential, fits=fits)
    secrets: list[str] = []

    async def deed(session: AsyncSession) -> None:
        secrets.append(await deeds.sign_in(session, context.author, proof, transport))

    subject = credential["id"] if credential is not None else None
    refusals = await attempt(context, "session.signIn", subject, deed)
    return SignedIn(refusals) if refusals else await _become(context, secrets[0], transport)


async def sign_out(context: RequestContext) -> Outcome:
    """Sign out; to be signed out already is no fault."""

    async def deed(session: AsyncSession) -> None:
        await deeds.sign_out(session, context.author)

    refusals = (
        await attempt(context, "session.signOut", context.viewer.account_id, deed) if context.viewer.signed_in else []
    )
    # Whoever may not be given a cookie did not come by one, so that it is another session's.
    context.cookie, context.clear_cookie = None, context.clear_cookie or context.may_set_cookie
    context.change_viewer(NOBODY)
    return Outcome(refusals)


async def _credential(context: RequestContext, email: str) -> Row | None:
    try:
        key = parse_email(email).key
    except InvalidValue:
        return None
    rows = await context.fetch(CREDENTIAL, email_key=key)
    return rows[0] if rows else None


async def _become(context: RequestContext, secret: str, transport: Transport) -> SignedIn:
    context.change_viewer(await authenticate(context.services.pool, KINDS[transport], secret))
    if transport is Transport.COOKIE:
        context.cookie, context.clear_cookie = secret, False
        return SignedIn(account=context.viewer.account)
    return SignedIn(account=context.viewer.account, access_token=secret)
