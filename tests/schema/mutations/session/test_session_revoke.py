"""`sessionRevoke` and `otherSessionsRevoke`; what they end is tried in tests/schema/types/test_sessions.py."""

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
