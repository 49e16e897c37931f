"""`sessionRevoke` and `otherSessionsRevoke`; tests/schema/types/test_sessions.py tests their effect."""

from tests.schema.mutations.mutation_case import MutationCase

REVOKE_CASE = MutationCase(
    mutation="sessionRevoke",
    done='{id: "%(other_session)s"}',
    refused='{id: "x"}',
    twice=("NOT_FOUND",),
)
REVOKE_OTHERS_CASE = MutationCase(
    mutation="otherSessionsRevoke",
)
