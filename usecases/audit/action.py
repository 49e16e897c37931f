"""Names of actions, which the audit keeps for ever: never rename one, and never reuse one for something else."""

from enum import StrEnum


class Action(StrEnum):
    """An action that was done or refused; `locales/audit.ftl` has a sentence for each."""

    ACCOUNT_CLOSE = "account.close"
    ACCOUNT_CLOSE_UNDO = "account.closeUndo"
    ACCOUNT_DISCARD = "account.discard"
    ACCOUNT_EMAIL_CHANGE_CONFIRM = "account.emailChangeConfirm"
    ACCOUNT_EMAIL_CHANGE_REQUEST = "account.emailChangeRequest"
    ACCOUNT_EMAIL_CHANGE_REVERT = "account.emailChangeRevert"
    ACCOUNT_EMAIL_CONFIRM = "account.emailConfirm"
    ACCOUNT_EMAIL_CONFIRMATION_RESEND = "account.emailConfirmationResend"
    ACCOUNT_ERASE = "account.erase"
    ACCOUNT_EXPORT = "account.export"
    ACCOUNT_IMPORT = "account.import"
    ACCOUNT_IMPORT_CORRECT = "account.importCorrect"
    ACCOUNT_PASSWORD_CHANGE = "account.passwordChange"  # noqa: S105 - an action's name
    ACCOUNT_PASSWORD_RESET = "account.passwordReset"  # noqa: S105 - an action's name
    ACCOUNT_PASSWORD_RESET_REQUEST = "account.passwordResetRequest"  # noqa: S105 - an action's name
    ACCOUNT_SECURE = "account.secure"
    ACCOUNT_SIGN_UP = "account.signUp"
    DEMO_LOAD = "demo.load"
    DROP_FILE_IMPORT = "drop.fileImport"
    DROP_FILE_REFUSE = "drop.fileRefuse"
    EMAIL_UNDELIVERABLE = "email.undeliverable"
    LEGACY_CODE_IMPORT = "legacyCode.import"
    ORGANIZATION_AT_RISK = "organization.atRisk"
    ORGANIZATION_IMPORT = "organization.import"
    ORGANIZATION_RESTORE = "organization.restore"
    ORGANIZATION_UPDATE = "organization.update"
    ORGANIZATION_VACATE = "organization.vacate"
    PROFILE_UPDATE = "profile.update"
    SESSION_REAUTHENTICATE = "session.reauthenticate"
    SESSION_REFRESH = "session.refresh"
    SESSION_REVOKE = "session.revoke"
    SESSION_REVOKE_ALL = "session.revokeAll"
    SESSION_REVOKE_FAMILY = "session.revokeFamily"
    SESSION_REVOKE_OTHERS = "session.revokeOthers"
    SESSION_SIGN_IN = "session.signIn"
    SESSION_SIGN_OUT = "session.signOut"
    STAFF_GRANT = "staff.grant"
    STAFF_REVOKE = "staff.revoke"
