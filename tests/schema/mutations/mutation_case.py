"""Facts about one mutation for the cross-cutting tests, declared at the top of its test file.

The inputs are GraphQL literals with `%(name)s` for values of `mutation_cases.Asker`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auth.tokens import TokenKind

DONE_AGAIN: tuple[str, ...] = ()
SIGNED_OUT = ("UNAUTHENTICATED",)


@dataclass(frozen=True, kw_only=True)
class MutationCase:
    """One mutation: a call that succeeds, one that is refused, and the result of repeating the first."""

    mutation: str
    done: str | None = None  # None: the mutation has no input
    refused: str | None = None  # None: it is never refused
    before: tuple[str, ...] = ()  # mutations to call first; the last one mails the link
    twice: tuple[str, ...] = DONE_AGAIN  # codes of the repeated call's answer
    note: str = ""  # printed after the codes in docs/faults.md
    who: str = "member"
    also: tuple[str, ...] = ()  # others of the cast who may do the same with the same ids
    takes: frozenset[TokenKind] = frozenset()  # kinds of secret that it takes
    besides: Mapping[str, str] = field(default_factory=dict)  # input beside the secret
    changes_nothing: str = ""  # the reason why it leaves no audit record
