"""`organizationUpdate`."""

import strawberry
from strawberry import Maybe

from auth.permissions import OrganizationPermission
from schema.declare.mutation import Mutation
from schema.declare.payload import changed, input_type, payload_type
from schema.declare.rules import rule
from schema.types.language import Language
from schema.types.organization import Organization
from usecases.audit.action import Action
from usecases.organization import details
from usecases.organization.acting import no_accounts
from usecases.refusal import RefusalCode


@input_type
class OrganizationUpdateInput:
    """Details of your organization. An omitted field stays as it is; null clears it."""

    organization_id: strawberry.ID
    version: int = strawberry.field(
        description="The `version` of the organization that you read; an outdated one is refused."
    )
    contact_email: Maybe[str | None]
    contact_phone: Maybe[str | None] = strawberry.field(description="In any spelling; stored in E.164 form.")
    language: Maybe[Language | None] = strawberry.field(description="Language of messages to the organization.")


@payload_type
class OrganizationUpdatePayload:
    """The organization as it is now, changed or not."""

    organization: Organization | None = changed("Organization")


organization_update = Mutation(
    input=OrganizationUpdateInput,
    payload=OrganizationUpdatePayload,
    rule=rule(organization=OrganizationPermission.ORGANIZATION_UPDATE, at="organizationId"),
    action=Action.ORGANIZATION_UPDATE,
    locks=no_accounts,
    refuses={RefusalCode.CONFLICT, RefusalCode.INVALID, RefusalCode.REQUIRED},
    use_case=details.update_details,
    description="Change your organization's contact details and the language of its messages: either all fields "
    "that you send, or none.",
)
