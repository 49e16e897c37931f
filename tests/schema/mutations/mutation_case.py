"""Facts about one mutation for the tests over all of them, declared at the top of its own test file.

The inputs are GraphQL literals with `%(name)s` for what `mutation_cases.Asker` knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auth.tokens import TokenKind

DONE_AGAIN: tuple[str, ...] = ()
SIGNED_OUT = ("UNAUTHENTICATED",)


@dataclass(frozen=True, kw_only=True)
class MutationCase:
    """One mutation: a call that is done, one that is refused, and what happens when the first is sent twice."""

    mutation: str
    done: str | None = None  # None: it has no input
    refused: str | None = None  # None: nothing refuses it
    before: tuple[str, ...] = ()  # mutations to be done first; the last one mails the link
    twice: tuple[str, ...] = DONE_AGAIN  # codes of the second answer
    note: str = ""  # added to them in docs/faults.md
    who: str = "member"
    also: tuple[str, ...] = ()  # others of the cast who may do the same by the same ids
    takes: frozenset[TokenKind] = frozenset()  # kinds of secret
    besides: Mapping[str, str] = field(default_factory=dict)  # input beside the secret
    changes_nothing: str = ""  # the reason why it leaves no audit record
