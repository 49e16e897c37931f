"""Accounts, as their owner and staff see them."""

from datetime import datetime

import strawberry

from auth.permissions import StaffPermission
from auth.policies import account as policies
from models.account import AccountStatus
from models.staff import StaffRole
from resolvers import (
    account,
    audit,
    closing,
    email_change,
    legacy_code,
    membership,
    message,
    organization,
    session,
    task,
)
from schema.declare.capability import capability
from schema.declare.connection import Connection
from schema.declare.enum_values import describe_values
from schema.declare.fields import Node, column, connection, node_id, related
from schema.declare.rules import SELF, rule
from schema.types.audit_entry import AuditEntry
from schema.types.language import Language
from schema.types.legacy_code import LegacyCode
from schema.types.membership import Membership
from schema.types.message import Message
from schema.types.organization import Organization
from schema.types.session import OWN_ONLY, Session
from schema.types.task import Task

strawberry.enum(AccountStatus, description="Stage in the life of an account.")
describe_values(
    {
        AccountStatus.PENDING: "Prepared by an import; its owner has not confirmed it yet.",
        AccountStatus.UNVERIFIED: "Signed up; the address is not confirmed yet.",
        AccountStatus.ACTIVE: "In use.",
        AccountStatus.SUSPENDED: "Blocked by staff; sign-in is refused.",
        AccountStatus.CLOSED: "Closed by its owner, who can reopen it until the erasure.",
        AccountStatus.ERASED: "Closed for good; the personal data is erased.",
    }
)
strawberry.enum(StaffRole, description="Role of a staff member.")

OWN = rule(SELF, staff=StaffPermission.ACCOUNTS_READ)
OWN_WITH_TASKS = rule(SELF, staff=StaffPermission.ACCOUNTS_READ, with_tasks=True)


@strawberry.type(directives=[OWN_WITH_TASKS])
class Account(Node):
    """One person's login for every service, identified by a personal e-mail address."""

    id: strawberry.ID = node_id("Account", "account_id")
    status: AccountStatus = column()
    email: str = column(description="Address with which the person signs in.")
    email_confirmed_at: datetime | None = related(
        account.email_confirmed_at, description="Time when the owner last proved that they read the mailbox of `email`."
    )
    pending_email: str | None = related(
        email_change.pending_email, description="The address requested by `emailChangeRequest`, until it is confirmed."
    )
    display_name: str = column()
    given_name: str | None = column()
    family_name: str | None = column()
    phone: str | None = column(description="In E.164 form: `+358401234567`.")
    language: Language = column(description="Language of messages to the person.")
    preferred_language: str | None = column(description="The person's choice if we have no texts in that language.")
    created_at: datetime = column()
    version: int = column(
        description="Send it with an update, which is refused if the account has changed since you read it."
    )
    staff_roles: list[StaffRole] = related(
        account.staff_roles, description="The owner's staff roles; empty for customers."
    )
    tasks: list[Task | None] = related(
        task.of_account, description="Open tasks, oldest first. While any is open, you can use little more than `me`."
    )
    sessions: Connection[Session] | None = connection(
        session.of_account, "account_id", rule=OWN_ONLY, description="Signed-in devices, newest first."
    )
    memberships: Connection[Membership] | None = connection(membership.of_account, "account_id", rule=OWN)
    organizations: Connection[Organization] | None = connection(organization.of_account, "account_id", rule=OWN)
    legacy_codes: Connection[LegacyCode] | None = connection(legacy_code.of_account, "account_id", rule=OWN)
    messages: Connection[Message] | None = connection(
        message.of_account, "account_id", rule=OWN, description="Messages to the person, newest first."
    )
    audit_entries: Connection[AuditEntry] | None = connection(
        audit.of_account, "account_id", rule=OWN, description="History of the account, newest first."
    )
    viewer_can_update, viewer_cannot_update_reasons = capability(
        "profileUpdate", policies.reasons_against_profile_update, "account_id"
    )
    viewer_can_change_password, viewer_cannot_change_password_reasons = capability(
        "passwordChange", policies.reasons_against_password_change, "account_id"
    )
    viewer_can_change_email, viewer_cannot_change_email_reasons = capability(
        "emailChangeRequest", policies.reasons_against_email_change, "account_id"
    )
    viewer_can_export, viewer_cannot_export_reasons = capability(
        "accountExport", policies.reasons_against_export, "account_id"
    )
    viewer_can_close, viewer_cannot_close_reasons = capability(
        "accountClose",
        policies.reasons_against_closing,
        "account_id",
        load=closing.leads_alone,
        description="`WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR` alone is for you to insist on.",
    )
