"""Limits on a document as settings, free of GraphQL imports; `limit_check.py` applies them."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

Bound = Annotated[int, Meta(ge=1, le=1_000_000)]
Depth = Annotated[int, Meta(ge=1, le=100)]  # visitors of a document recurse once per level


@dataclass(frozen=True, slots=True)
class Limits:
    """Maximum sizes of one document; the error of an exceeded limit has its name."""

    tokens: Bound = 1_000
    selections: Bound = 1_000  # fields and fragments, counted at each occurrence
    depth: Depth = 10  # levels of fields
    aliases: Bound = 15  # counted with fragments expanded
    directives: Bound = 20
    repeats: Bound = 20  # of one response name in one object; validation compares them in quadratic time
    root_mutations: Bound = 4
    secret_attempts: Bound = 1  # mutations that try a secret, such as signIn
    cost: Bound = 5_000  # objects; see schema.engine.cost
