"""Everything that can be done; each deed has a file of its own under `mutations/`."""

import strawberry

from schema.mutations.account.account_close import AccountClosePayload, account_close
from schema.mutations.account.account_close_undo import AccountCloseUndoPayload, account_close_undo
from schema.mutations.account.account_export import AccountExportPayload, account_export
from schema.mutations.account.account_secure import AccountSecurePayload, account_secure
from schema.mutations.account.email_change_confirm import EmailChangeConfirmPayload, email_change_confirm
from schema.mutations.account.email_change_request import EmailChangeRequestPayload, email_change_request
from schema.mutations.account.email_change_revert import EmailChangeRevertPayload, email_change_revert
from schema.mutations.account.email_confirm import EmailConfirmPayload, email_confirm
from schema.mutations.account.email_confirmation_resend import EmailConfirmationResendPayload, email_confirmation_resend
from schema.mutations.account.password_change import PasswordChangePayload, password_change
from schema.mutations.account.password_check import PasswordCheckPayload, password_check
from schema.mutations.account.password_reset import PasswordResetPayload, password_reset
from schema.mutations.account.password_reset_request import PasswordResetRequestPayload, password_reset_request
from schema.mutations.account.profile_update import ProfileUpdatePayload, profile_update
from schema.mutations.account.sign_up import SignUpPayload, sign_up
from schema.mutations.session.other_sessions_revoke import OtherSessionsRevokePayload, other_sessions_revoke
from schema.mutations.session.reauthenticate import ReauthenticatePayload, reauthenticate
from schema.mutations.session.session_refresh import SessionRefreshPayload, session_refresh
from schema.mutations.session.session_revoke import SessionRevokePayload, session_revoke
from schema.mutations.session.sign_in import SignInPayload, sign_in
from schema.mutations.session.sign_out import SignOutPayload, sign_out


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """Everything that can be done."""

    sign_in: SignInPayload | None = sign_in
    sign_out: SignOutPayload | None = sign_out
    session_refresh: SessionRefreshPayload | None = session_refresh
    session_revoke: SessionRevokePayload | None = session_revoke
    other_sessions_revoke: OtherSessionsRevokePayload | None = other_sessions_revoke
    reauthenticate: ReauthenticatePayload | None = reauthenticate
    sign_up: SignUpPayload | None = sign_up
    email_confirm: EmailConfirmPayload | None = email_confirm
    email_confirmation_resend: EmailConfirmationResendPayload | None = email_confirmation_resend
    password_check: PasswordCheckPayload | None = password_check
    password_reset_request: PasswordResetRequestPayload | None = password_reset_request
    password_reset: PasswordResetPayload | None = password_reset
    password_change: PasswordChangePayload | None = password_change
    email_change_request: EmailChangeRequestPayload | None = email_change_request
    email_change_confirm: EmailChangeConfirmPayload | None = email_change_confirm
    email_change_revert: EmailChangeRevertPayload | None = email_change_revert
    profile_update: ProfileUpdatePayload | None = profile_update
    account_export: AccountExportPayload | None = account_export
    account_close: AccountClosePayload | None = account_close
    account_close_undo: AccountCloseUndoPayload | None = account_close_undo
    account_secure: AccountSecurePayload | None = account_secure
