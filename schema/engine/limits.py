"""The bounds on a document, without GraphQL for the reader of settings; `limit_check.py` applies them."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

Bound = Annotated[int, Meta(ge=1, le=1_000_000)]
Depth = Annotated[int, Meta(ge=1, le=100)]  # what looks through a document calls itself once a level


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one document may ask for; each of these is a limit that an error names."""

    tokens: Bound = 1_000
    selections: Bound = 1_000  # fields and fragments, each as often as it is reached
    depth: Depth = 10  # levels of fields
    aliases: Bound = 15  # with fragments in their places
    directives: Bound = 20
    repeats: Bound = 20  # of one response name in one place: comparing them costs the square of their number
    root_mutations: Bound = 4
    secret_attempts: Bound = 1  # mutations that try a secret, such as signIn
    cost: Bound = 5_000  # objects; see schema.compiler.cost
