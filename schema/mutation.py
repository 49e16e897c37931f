"""Everything that can be done; each deed has a file of its own under `mutations/`."""

import strawberry

from schema.mutations.profile_update import ProfileUpdatePayload, profile_update
from schema.mutations.sign_in import SignInPayload, sign_in
from schema.mutations.sign_out import SignOutPayload, sign_out


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """Everything that can be done."""

    sign_in: SignInPayload | None = sign_in
    sign_out: SignOutPayload | None = sign_out
    profile_update: ProfileUpdatePayload | None = profile_update
