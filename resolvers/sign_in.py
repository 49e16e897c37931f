"""Signing in and out: the password is checked between two short uses of the database, never during one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from graphql import GraphQLError

from auth.authentication import authenticate
from auth.passwords.hashing import PasswordWorkBusyError
from auth.rate_limiter import Bucket
from auth.tokens import TokenKind, digest
from auth.viewer import NOBODY
from models.account import CREDENTIAL_BY_ID
from models.db.clock import seconds
from models.db.errors import DatabaseUnavailableError
from models.db.query import Row
from models.device import CREDENTIAL_AND_DEVICE
from models.session import Transport
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from resolvers.core.context import RequestContext
from resolvers.core.mutation_call import MutationCall
from resolvers.core.rate_limits import key_of, rate_limit
from usecases.session import sign_in as usecases
from usecases.session.device import DeviceFacts
from usecases.session.session import SECRETS, OpenedSession
from usecases.session.sign_in import VerifiedPassword


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
    """Sign in by e-mail and password; every failure answers alike, after the same work.

    `device_token` is what an earlier sign-in from the same device was given. Raises GraphQLError, as
    `require_settable` does, when a cookie is asked for by a request that may not have one.
    """
    context = call.context
    require_settable(context, transport)
    device = DeviceFacts(
        device_token or context.cookies.device, context.user_agent, context.address, context.resources.places
    )
    credential = await _credential(context, email, device)
    await rate_limit(context, *_sign_in_buckets(context, email, credential))
    fits = await context.resources.passwords.matches(credential and credential["password_hash"], password)
    verified = usecases.verified_password(credential, fits=fits)
    call.subject_id = credential["id"] if credential is not None else None
    opened = await call.run(lambda db, actor: usecases.sign_in(db, actor, verified, transport, device))
    assert verified is not None, "without one, the use case refuses"
    assert credential is not None
    await _keep_hash_up_to_date(context, verified, credential["password_hash"], password)
    return await become(context, opened, transport)


async def reauthenticate(call: MutationCall, password: str) -> SignedIn:
    """Prove the viewer's password again, and go on with a new secret of the same session.

    Raises GraphQLError, as `require_settable` does, when the answer cannot carry the new cookie of a cookie's session.
    """
    context, viewer = call.context, call.context.viewer
    transport = Transport(str(viewer.transport))
    require_settable(context, transport)
    await rate_limit(context, Bucket.reauthentication(viewer.session_id))
    rows = await context.fetch(CREDENTIAL_BY_ID, account_id=viewer.account_id)
    credential = rows[0] if rows else None
    fits = await context.resources.passwords.matches(credential and credential["password_hash"], password)
    verified = usecases.verified_password(credential, fits=fits)
    opened = await call.run(lambda db, actor: usecases.reauthenticate(db, actor, verified))
    return await become(context, opened, transport)


async def sign_out(call: MutationCall) -> None:
    """Sign out; to be signed out already is no fault."""
    if call.context.viewer.signed_in:
        await call.run(usecases.sign_out)
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


def _sign_in_buckets(context: RequestContext, email: str, credential: Row | None) -> list[Bucket]:
    """Return the buckets of an attempt; a known device has its own, so that no stranger locks its owner out."""
    if credential is not None and credential["device_id"] is not None:
        return [Bucket.sign_in_device(credential["device_id"])]
    key, address = key_of(email), context.address
    return [
        Bucket.sign_in_account_from(key, address),
        Bucket.sign_in_address(address),
        Bucket.sign_in_account(key),
    ]


async def _credential(context: RequestContext, email: str, device: DeviceFacts) -> Row | None:
    try:
        key = parse_email(email).key
    except InvalidValue:
        return None
    device_hash = digest(TokenKind.DEVICE, device.secret or "")
    rows = await context.fetch(CREDENTIAL_AND_DEVICE, email_key=key, device_hash=device_hash, now=seconds())
    return rows[0] if rows else None


async def _keep_hash_up_to_date(
    context: RequestContext, verified: VerifiedPassword, password_hash: str, password: str
) -> None:
    """Hash the password again when our parameters have grown; what hinders that fails no sign-in."""
    with suppress(PasswordWorkBusyError, DatabaseUnavailableError):
        renewed = await context.resources.passwords.renewed(password_hash, password)
        if renewed is not None:
            async with context.transaction() as db:
                await usecases.replace_hash(db, verified, renewed)
