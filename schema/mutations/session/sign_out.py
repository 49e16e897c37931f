"""`signOut`."""

from resolvers import sign_in
from schema.declare.mutation import Mutation
from schema.declare.payload import payload_type
from schema.declare.rules import PUBLIC, rule
from usecases.audit.action import Action


@payload_type
class SignOutPayload:
    """User errors only, and there are none."""


sign_out = Mutation(
    payload=SignOutPayload,
    rule=rule(PUBLIC),
    action=Action.SESSION_SIGN_OUT,
    resolve=sign_in.sign_out,
    description="End this session: its cookie or token is void from the next request on.",
)
