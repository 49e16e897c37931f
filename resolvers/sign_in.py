"""Signing in and out: what the request goes on with, and the cookies of its response."""

from dataclasses import dataclass
from datetime import datetime

from graphql import GraphQLError

from auth.authentication import authenticate
from auth.viewer import NOBODY
from models.db.query import Row
from models.session import Transport
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall
from usecases.session import sign_in as usecases
from usecases.session.session import SECRETS, OpenedSession
from usecases.session.sign_in import SignInForm


@dataclass(slots=True)
class SignedIn:
    """The account of the new viewer, and the secrets of transport TOKEN."""

    account: Row | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    device_token: str | None = None
    expires_at: datetime | None = None


async def sign_in(
    call: MutationCall, email: str, password: str, transport: Transport, device_token: str | None
) -> SignedIn:
    """Sign in by e-mail and password, and go on as that account.

    Raises GraphQLError, as `require_settable` does, when a cookie is asked for by a request that may not have one.
    """
    require_settable(call.context, transport)
    opened = await usecases.sign_in(call, SignInForm(email, password, transport, device_token))
    return await become(call.context, opened, transport)


async def reauthenticate(call: MutationCall, password: str) -> SignedIn:
    """Prove the viewer's password again, and go on with a new secret of the same session.

    Raises GraphQLError, as `require_settable` does, when the answer cannot carry the new cookie of a cookie's session.
    """
    transport = Transport(str(call.context.viewer.transport))
    require_settable(call.context, transport)
    return await become(call.context, await usecases.reauthenticate(call, password), transport)


async def sign_out(call: MutationCall) -> None:
    """Sign out; to be signed out already is no fault."""
    if call.context.viewer.signed_in:
        await call.run(lambda db, actor, now: usecases.sign_out(db, actor, now=now))
    leave(call.context)


async def become(context: RequestContext, opened: OpenedSession, transport: Transport) -> SignedIn:
    """Go on as whose session it is; a cookie's secrets go into cookies only, where no script can read them."""
    context.change_viewer(await authenticate(context.resources.pool, SECRETS[transport], opened.secret))
    signed_in = SignedIn(account=context.viewer.account, expires_at=opened.expires_at)
    if transport is Transport.COOKIE:
        context.cookies.set_session(opened.secret, opened.device_secret)
        return signed_in
    signed_in.access_token, signed_in.refresh_token = opened.secret, opened.refresh_secret
    signed_in.device_token = opened.device_secret
    return signed_in


def leave(context: RequestContext) -> None:
    """Go on as nobody, without the session's cookie."""
    context.cookies.clear_session()
    context.change_viewer(NOBODY)


def require_settable(context: RequestContext, transport: Transport) -> None:
    """Raise GraphQLError with the reason's code when a cookie is to be set by a request that may not have one."""
    refusal = context.cookies.refusal
    if transport is Transport.COOKIE and refusal is not None:
        raise GraphQLError(refusal.message, extensions={"code": refusal.code})
