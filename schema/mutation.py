"""Everything that can be done; each deed has a file of its own under `mutations/`."""

import strawberry

from schema.mutations.account_close import AccountClosePayload, account_close
from schema.mutations.account_close_undo import AccountCloseUndoPayload, account_close_undo
from schema.mutations.other_sessions_revoke import OtherSessionsRevokePayload, other_sessions_revoke
from schema.mutations.profile_update import ProfileUpdatePayload, profile_update
from schema.mutations.reauthenticate import ReauthenticatePayload, reauthenticate
from schema.mutations.session_refresh import SessionRefreshPayload, session_refresh
from schema.mutations.session_revoke import SessionRevokePayload, session_revoke
from schema.mutations.sign_in import SignInPayload, sign_in
from schema.mutations.sign_out import SignOutPayload, sign_out


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """Everything that can be done."""

    sign_in: SignInPayload | None = sign_in
    sign_out: SignOutPayload | None = sign_out
    session_refresh: SessionRefreshPayload | None = session_refresh
    session_revoke: SessionRevokePayload | None = session_revoke
    other_sessions_revoke: OtherSessionsRevokePayload | None = other_sessions_revoke
    reauthenticate: ReauthenticatePayload | None = reauthenticate
    profile_update: ProfileUpdatePayload | None = profile_update
    account_close: AccountClosePayload | None = account_close
    account_close_undo: AccountCloseUndoPayload | None = account_close_undo
